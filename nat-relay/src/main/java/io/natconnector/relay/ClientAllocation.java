package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** What the relay has granted to the client, as far as its answers tell. */
final class ClientAllocation {
    private final AllocationTimes times;
    private AllocateOptions options;
    private List<InetSocketAddress> relayed = List.of();
    private InetSocketAddress mapped;
    private Long reservationToken;
    private byte[] ticket;
    private boolean ending;

    ClientAllocation(AllocateOptions options, AllocationTimes times) {
        this.options = options;
        this.times = times;
    }

    /** Writes what is wished for into an Allocate. */
    void write(StunWriter allocate) {
        options.write(allocate);
    }

    /** Takes in the refusal of an Allocate; whether less can be wished for instead. */
    boolean settlesForLess(ErrorCode error) {
        AllocateOptions less = options.after(error.code());
        options = less == null ? options : less;
        return less != null;
    }

    /** Takes in the success answer to the Allocate; {@code null} when that lacks its addresses. */
    RelayEvent.Allocated begin(StunMessage answer, long roundTrip, long now) {
        List<InetSocketAddress> addresses = answer.all(StunAttribute.XOR_RELAYED_ADDRESS);
        mapped = answer.get(StunAttribute.XOR_MAPPED_ADDRESS);
        if (mapped == null || !areOneOfEach(addresses)) {
            return null;
        }
        relayed = List.copyOf(addresses);
        reservationToken = answer.get(StunAttribute.RESERVATION_TOKEN);
        ticket = options.mobility() ? answer.bytes(StunAttribute.MOBILITY_TICKET) : null;
        long lifetime = AllocationTimes.lifetimeOf(answer);
        times.begin(lifetime, now);
        return new RelayEvent.Allocated(relayed.get(0), mapped, lifetime, roundTrip);
    }

    private static boolean areOneOfEach(List<InetSocketAddress> addresses) {
        return addresses.size() == 1
                || addresses.size() == 2 && addresses.get(0).getAddress().getClass() != addresses.get(1).getAddress().getClass();
    }

    /**
     * Takes in the success answer to a Refresh. One that grants much less than before is the last word of a relay that is going out
     * of service, the more so if it names another.
     *
     * @return what is worth telling, or {@code null}
     */
    RelayEvent.Ending refreshed(StunMessage answer, RelayAccess access, long now) {
        long lifetime = AllocationTimes.lifetimeOf(answer);
        boolean shortened = times.granted(lifetime, now);
        InetSocketAddress alternate = answer.get(StunAttribute.ALTERNATE_SERVER);
        if (ending || !shortened && alternate == null) {
            return null;
        }
        ending = true;
        return new RelayEvent.Ending(lifetime, access.mayMoveTo(alternate) ? alternate : null);
    }

    /** The address that the peer sees us at; {@code null} when there is none of its family. */
    InetSocketAddress towards(InetAddress peer) {
        for (int i = 0; i < relayed.size(); i++) {
            if (relayed.get(i).getAddress().getClass() == peer.getClass()) {
                return relayed.get(i);
            }
        }
        return null;
    }

    /** RFC 8656, section 7.2: a relayed IPv4 address reaches IPv4 peers only, an IPv6 one IPv6 peers. */
    boolean reaches(InetSocketAddress peer) {
        return peer.getAddress() != null && peer.getPort() != 0 && towards(peer.getAddress()) != null;
    }

    List<InetSocketAddress> relayed() {
        return relayed;
    }

    InetSocketAddress mapped() {
        return mapped;
    }

    Long reservationToken() {
        return reservationToken;
    }

    /** Whether the relay sees us elsewhere than before. */
    boolean isSeenElsewhere(InetSocketAddress seen) {
        if (mapped == null) {
            mapped = seen;
        }
        return seen != null && !seen.equals(mapped);
    }

    /** What lets us take the allocation along, or {@code null}. */
    byte[] ticket() {
        return ticket;
    }

    /** We ask from another address: how the relay sees that one is not known yet. */
    void moving() {
        mapped = null;
    }

    /** The relay has agreed; each ticket is good for one move. */
    void moved(StunMessage answer) {
        byte[] next = answer.bytes(StunAttribute.MOBILITY_TICKET);
        ticket = next == null ? ticket : next;
    }
}
