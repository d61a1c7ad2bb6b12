package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.address;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PeerTableTest {
    private static final InetSocketAddress PEER = address("198.51.100.7", 7000);
    private static final InetSocketAddress SAME_HOST = address("198.51.100.7", 7001);
    private static final InetSocketAddress OTHER = address("198.51.100.8", 7000);
    private static final long FIVE_MINUTES = PeerTable.PERMISSION_LIFETIME;
    private static final long TEN_MINUTES = PeerTable.CHANNEL_LIFETIME;

    private final PeerTable table = new PeerTable(2, 2);

    private Permission permit(InetSocketAddress peer, long now) {
        return table.permit(peer.getAddress(), Reach.OPEN, now);
    }

    private void bind(int number, InetSocketAddress peer, long now) {
        table.bind(number, peer, permit(peer, now), now);
    }

    @Test
    void forgetsAPermissionToTheNanosecond() {
        permit(PEER, 0);

        assertThat(table.permission(PEER.getAddress(), FIVE_MINUTES - 1)).isNotNull();
        assertThat(table.permission(PEER.getAddress(), FIVE_MINUTES)).isNull();
        assertThat(table.permission(OTHER.getAddress(), 0)).isNull();
    }

    @Test
    void forgetsAChannelToTheNanosecond() {
        bind(0x4000, PEER, 0);
        permit(PEER, TEN_MINUTES - 1);

        assertThat(table.channel(0x4000, TEN_MINUTES - 1)).isSameAs(table.channel(PEER, TEN_MINUTES - 1)).isNotNull();
        assertThat(table.channel(0x4000, TEN_MINUTES)).isNull();
        assertThat(table.channel(PEER, TEN_MINUTES)).isNull();
        assertThat(table.isBound(PEER, TEN_MINUTES - 1)).isTrue();
        assertThat(table.isBound(PEER, TEN_MINUTES)).isFalse();
    }

    @Test
    void usesAChannelOnlyWhileItsPermissionLasts() {
        bind(0x4000, PEER, 0);

        assertThat(table.channel(0x4000, FIVE_MINUTES - 1)).isNotNull();
        assertThat(table.channel(0x4000, FIVE_MINUTES)).isNull();
        permit(PEER, FIVE_MINUTES);
        assertThat(table.channel(0x4000, FIVE_MINUTES)).isNotNull();
    }

    @Test
    void renewsABindingInPlace() {
        bind(0x4000, PEER, 0);
        Channel channel = table.channel(PEER, 0);
        bind(0x4000, PEER, 1);

        assertThat(table.channel(PEER, 1)).isSameAs(channel);
        permit(PEER, TEN_MINUTES);
        assertThat(table.channel(PEER, TEN_MINUTES)).isSameAs(channel);
    }

    @Test
    void bindsAnExpiredNumberToAnotherPeer() {
        bind(0x4000, PEER, 0);
        assertThat(table.conflicts(0x4000, OTHER, TEN_MINUTES - 1)).isTrue();
        assertThat(table.conflicts(0x4000, OTHER, TEN_MINUTES)).isFalse();

        bind(0x4000, OTHER, TEN_MINUTES);

        permit(PEER, TEN_MINUTES);
        assertThat(table.channel(0x4000, TEN_MINUTES).peer).isEqualTo(OTHER);
        assertThat(table.channel(PEER, TEN_MINUTES)).isNull();
        assertThat(table.channels()).isEqualTo(1);
    }

    @Test
    void bindsAPeerToAnotherNumberOnceTheFirstHasExpired() {
        bind(0x4000, PEER, 0);
        assertThat(table.conflicts(0x4001, PEER, TEN_MINUTES - 1)).isTrue();
        assertThat(table.conflicts(0x4001, PEER, TEN_MINUTES)).isFalse();

        bind(0x4001, PEER, TEN_MINUTES);

        assertThat(table.channel(0x4000, TEN_MINUTES)).isNull();
        assertThat(table.channel(0x4001, TEN_MINUTES).peer).isEqualTo(PEER);
        assertThat(table.channels()).isEqualTo(1);
    }

    @Test
    void bindsTwoPortsOfOneHost() {
        bind(0x4000, PEER, 0);
        assertThat(table.conflicts(0x4001, SAME_HOST, 0)).isFalse();
        bind(0x4001, SAME_HOST, 0);

        assertThat(table.channel(0x4000, 0).permission).isSameAs(table.channel(0x4001, 0).permission);
    }

    @Test
    void makesRoomForChannelsByForgettingTheExpired() {
        bind(0x4000, PEER, 0);
        assertThat(table.hasRoomForChannel(0)).isTrue();
        bind(0x4001, SAME_HOST, 1);

        assertThat(table.hasRoomForChannel(TEN_MINUTES - 1)).isFalse();
        assertThat(table.channels()).isEqualTo(2);
        assertThat(table.hasRoomForChannel(TEN_MINUTES)).isTrue();
        assertThat(table.channels()).isEqualTo(1);
        assertThat(table.conflicts(0x4001, SAME_HOST, TEN_MINUTES)).isFalse();
        assertThat(table.conflicts(0x4000, OTHER, TEN_MINUTES)).isFalse();
    }

    @Test
    void makesRoomForPermissionsByForgettingTheExpired() {
        permit(PEER, 0);
        permit(OTHER, 1);
        assertThat(table.hasRoom(0, 1)).isTrue();
        assertThat(table.hasRoom(1, FIVE_MINUTES - 1)).isFalse();
        assertThat(table.hasRoom(1, FIVE_MINUTES)).isTrue();
        assertThat(table.knows(PEER.getAddress())).isFalse();
        assertThat(table.knows(OTHER.getAddress())).isTrue();
        assertThat(table.hasRoom(2, FIVE_MINUTES)).isFalse();
    }

    /** Renewed, such a permission must be the one that the channel looks at. */
    @Test
    void keepsAnExpiredPermissionThatAChannelRestsOn() {
        bind(0x4000, PEER, 0);
        permit(OTHER, 0);
        assertThat(table.hasRoom(1, FIVE_MINUTES)).isTrue();

        assertThat(table.knows(PEER.getAddress())).isTrue();
        assertThat(table.knows(OTHER.getAddress())).isFalse();
        permit(PEER, FIVE_MINUTES);
        assertThat(table.channel(0x4000, FIVE_MINUTES)).isNotNull();
    }
}
