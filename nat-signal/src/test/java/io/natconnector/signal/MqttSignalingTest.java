package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over real sockets: brokers that come and go, and carriers that can't be trusted. */
class MqttSignalingTest {
    private static final String SECRET = "the secret of this test";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() throws Exception {
        broker = EmbeddedBroker.start(new InetSocketAddress("127.0.0.1", 0));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
        broker.close();
    }

    private MqttSignaling plain() {
        return MqttSignaling.to("mqtt://127.0.0.1:" + broker.port());
    }

    private MqttSignaling start(MqttSignaling signaling, String name, Inbox inbox) throws Exception {
        opened.add(signaling);
        signaling.start(name, inbox);
        inbox.awaitState(true);
        return signaling;
    }

    private static void await(CompletableFuture<Void> sent) throws Exception {
        sent.get(Inbox.PATIENCE_SECONDS, SECONDS);
    }

    /** Whoever may publish at the broker, without knowing the secret. */
    private RawMqtt stranger() throws Exception {
        RawMqtt stranger = RawMqtt.connect(broker.port());
        opened.add(stranger);
        return stranger;
    }

    @Test
    void aConnectionFromAnAddressThatIsGoneIsMadeAnewAtOnce() throws Exception {
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        MqttSignaling alice = start(plain().secret(SECRET), "alice", alices);
        start(plain().secret(SECRET), "bob", bobs);

        alice.networkChanged(address -> false);
        assertThat(alices.awaitState(false).advice()).contains("our address 127.0.0.1 is gone");
        alices.awaitState(true);

        await(alice.send("bob", "from elsewhere"));
        assertThat(bobs.next().text()).isEqualTo("from elsewhere");
        assertThat(alice.statistics().connections()).isEqualTo(2);
    }

    @Test
    void aConnectionFromAnAddressThatIsStillThereGoesOn() throws Exception {
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        MqttSignaling alice = start(plain().secret(SECRET), "alice", alices);
        start(plain().secret(SECRET), "bob", bobs);

        alice.networkChanged();
        await(alice.send("bob", "as before"));

        assertThat(bobs.next().text()).isEqualTo("as before");
        assertThat(alice.statistics().connections()).isEqualTo(1);
    }

    @Test
    void survivesThatTheBrokerIsRestarted() throws Exception {
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        MqttSignaling alice = start(plain().secret(SECRET), "alice", alices);
        start(plain().secret(SECRET), "bob", bobs);

        InetSocketAddress address = broker.address();
        broker.close();
        assertThat(alices.awaitState(false).advice()).contains("127.0.0.1:" + address.getPort()).contains("still trying");
        bobs.awaitState(false);
        CompletableFuture<Void> sent = alice.send("bob", "written while the broker was away");
        assertThat(sent).isNotDone();

        broker = EmbeddedBroker.start(address);
        alices.awaitState(true);
        bobs.awaitState(true);
        await(sent);
        await(alice.send("bob", "written when it was back"));
        // The first may have come before bob was back: nothing is kept for who is not there
        Inbox.Heard heard = bobs.next();
        assertThat(heard.text()).isIn("written while the broker was away", "written when it was back");
        assertThat(alice.statistics().connections()).isEqualTo(2);
    }

    @Test
    void keepsWordsUntilTheBrokerIsThereAtLast() throws Exception {
        InetSocketAddress address = broker.address();
        broker.close();
        Inbox alices = new Inbox();
        MqttSignaling alice = plain(address.getPort()).secret(SECRET);
        opened.add(alice);
        alice.start("alice", alices);
        CompletableFuture<Void> sent = alice.send("bob", "early");
        alices.awaitState(false);
        broker = EmbeddedBroker.start(address);
        await(sent);
    }

    private static MqttSignaling plain(int port) {
        return MqttSignaling.to("mqtt://127.0.0.1:" + port);
    }

    @Test
    void saysThatThereIsNoBrokerAndFailsWhatCanNotBeSent() throws Exception {
        int port = broker.port();
        broker.close();
        Inbox alices = new Inbox();
        MqttSignaling alice = plain(port).secret(SECRET).expiry(Duration.ofMillis(400));
        opened.add(alice);
        alice.start("alice", alices);

        CompletableFuture<Void> sent = alice.send("bob", "hello");
        assertThat(alices.awaitState(false).advice()).contains("no connection to the MQTT broker mqtt://127.0.0.1:" + port)
                .contains("refused");
        assertThatThrownBy(() -> await(sent)).isInstanceOf(ExecutionException.class).cause().isInstanceOf(IOException.class)
                .hasMessageContaining("expired unsent").hasMessageContaining("refused");
        assertThat(alice.statistics().dropped()).isEqualTo(1);
    }

    @Test
    void failsWhatWaitsWhenItIsClosed() throws Exception {
        int port = broker.port();
        broker.close();
        Inbox alices = new Inbox();
        MqttSignaling alice = plain(port).secret(SECRET);
        alice.start("alice", alices);
        CompletableFuture<Void> early = alice.send("bob", "hello");
        alices.awaitState(false);
        CompletableFuture<Void> late = alice.send("bob", "hello");
        alice.close();
        for (CompletableFuture<Void> sent : List.of(early, late)) {
            assertThatThrownBy(() -> await(sent)).isInstanceOf(ExecutionException.class).cause()
                    .isInstanceOf(IOException.class).hasMessageContaining("closed");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2003008400 | says so as version 5 would
            20020001   | says so as version 3 would
            ''         | hangs up
            """)
    void fallsBackToVersion3WithABrokerThat(String answerToVersion5, String how) throws Exception {
        try (OldBroker old = OldBroker.answering(answerToVersion5)) {
            Inbox inbox = new Inbox();
            start(plain(old.port()).secret(SECRET), "alice", inbox);
            assertThat(old.versions()).as(how).containsExactly(5, 4);
        }
    }

    @Test
    void saysWhenAHostHasNoAddress() throws Exception {
        Inbox inbox = new Inbox();
        MqttSignaling lost = MqttSignaling.to("mqtt://nowhere.invalid").secret(SECRET);
        opened.add(lost);
        lost.start("alice", inbox);
        assertThat(inbox.awaitState(false).advice()).contains("no address is known for nowhere.invalid");
    }

    @Test
    void saysWhenTheOtherEndSpeaksNoMqtt() throws Exception {
        try (ServerSocket web = new ServerSocket(0)) {
            Background.run("web server of a test", () -> {
                try (Socket socket = web.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            Inbox inbox = new Inbox();
            MqttSignaling alice = plain(web.getLocalPort()).secret(SECRET);
            opened.add(alice);
            alice.start("alice", inbox);
            assertThat(inbox.awaitState(false).advice()).contains("does not answer to MQTT");
        }
    }

    @Test
    void saysWhenTheBrokerDoesNotAcceptTheCredentials() throws Exception {
        broker.close();
        broker = EmbeddedBroker.start(new InetSocketAddress("127.0.0.1", 0), BrokerOptions.defaults().user("alice", "right"));
        Inbox wrong = new Inbox();
        MqttSignaling refused = MqttSignaling.to("mqtt://alice:wrong@127.0.0.1:" + broker.port()).secret(SECRET);
        opened.add(refused);
        refused.start("alice", wrong);
        assertThat(wrong.awaitState(false).advice()).contains("does not accept the credentials of user alice")
                .doesNotContain("wrong@").contains("check user name and password");

        Inbox right = new Inbox();
        start(refused.credentials("alice", "right"), "alice", right);
    }

    @Test
    void takesNothingThatAStrangerPublishes() throws Exception {
        Inbox bobs = new Inbox();
        MqttSignaling alice = start(plain().secret(SECRET), "alice", new Inbox());
        MqttSignaling bob = start(plain().secret(SECRET), "bob", bobs);
        String topic = SealedEnvelope.of(SECRET, "natconnector/v1").topic("bob");
        Letter letter = new Letter(new MessageId(1, 2), System.currentTimeMillis(), "alice", "forged");

        RawMqtt stranger = stranger();
        stranger.publish(topic, SealedEnvelope.of("a guessed secret", "natconnector/v1").wrap(letter, "bob"));
        stranger.publish(topic, new OpenEnvelope("natconnector/v1").wrap(letter, "bob"));
        stranger.publish(topic, "rubbish".getBytes(UTF_8));
        await(alice.send("bob", "true words"));

        assertThat(bobs.next().text()).isEqualTo("true words");
        assertThat(bob.statistics().forged()).isEqualTo(3);
        assertThat(bob.statistics().received()).isEqualTo(1);
    }

    @Test
    void takesNoWordsTwiceNorChangedOnes() throws Exception {
        Inbox bobs = new Inbox();
        RawMqtt eavesdropper = stranger();
        eavesdropper.subscribe("natconnector/v1/#");
        MqttSignaling alice = start(plain().secret(SECRET), "alice", new Inbox());
        MqttSignaling bob = start(plain().secret(SECRET), "bob", bobs);
        await(alice.send("bob", "once"));
        assertThat(bobs.next().text()).isEqualTo("once");

        RawMqtt.Published caught = eavesdropper.next();
        eavesdropper.publish(caught.topic(), caught.payload());
        byte[] changed = caught.payload().clone();
        changed[changed.length - 1] ^= 1;
        eavesdropper.publish(caught.topic(), changed);
        await(alice.send("bob", "twice"));

        assertThat(bobs.next().text()).isEqualTo("twice");
        assertThat(bob.statistics().replayed()).isEqualTo(1);
        assertThat(bob.statistics().forged()).isEqualTo(1);
        assertThat(new String(caught.payload(), UTF_8) + caught.topic()).doesNotContain("once").doesNotContain("alice");
    }

    @Test
    void takesNoOldWords() throws Exception {
        AtomicLong alicesClock = new AtomicLong(System.currentTimeMillis());
        Inbox bobs = new Inbox();
        MqttSignaling alice = start(plain().secret(SECRET).clock(alicesClock::get), "alice", new Inbox());
        MqttSignaling bob = start(plain().secret(SECRET), "bob", bobs);

        alicesClock.addAndGet(-91_000);
        await(alice.send("bob", "old"));
        alicesClock.addAndGet(91_000 + 40_000);
        await(alice.send("bob", "from the future"));
        alicesClock.addAndGet(-40_000);
        await(alice.send("bob", "present"));

        assertThat(bobs.next().text()).isEqualTo("present");
        assertThat(bob.statistics().stale()).isEqualTo(2);
    }

    @Test
    void leavesNothingAtTheBroker() throws Exception {
        RawMqtt watcher = stranger();
        watcher.subscribe("#");
        MqttSignaling alice = start(plain().unsealed(), "alice", new Inbox());
        await(alice.send("bob", "hello"));
        RawMqtt.Published seen = watcher.next();
        assertThat(seen.topic()).isEqualTo("natconnector/v1/bob");
        assertThat(seen.retained()).isFalse();
        assertThat(broker.statistics().retained()).isZero();
        assertThat(broker.statistics().published()).isEqualTo(1);
    }

    @Test
    void countsWordsThatNobodyHears() throws Exception {
        MqttSignaling alice = start(plain().secret(SECRET), "alice", new Inbox());
        await(alice.send("nobody", "hello"));
        assertThat(alice.statistics()).isEqualTo(new MqttSignalingStatistics(1, 1, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void keepsPeersWithDifferentPrefixesApart() throws Exception {
        Inbox others = new Inbox();
        Inbox bobs = new Inbox();
        MqttSignaling alice = start(plain().secret(SECRET), "alice", new Inbox());
        start(plain().secret(SECRET).prefix("other/app"), "bob", others);
        start(plain().secret(SECRET), "bob", bobs);
        await(alice.send("bob", "hello"));
        assertThat(bobs.next().text()).isEqualTo("hello");
        assertThat(others.isEmpty()).isTrue();
    }

    @Test
    void runsOnAGivenEventLoopAndLeavesItRunning() throws Exception {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        opened.add(() -> group.shutdownGracefully(0, 1, SECONDS).sync());
        Inbox bobs = new Inbox();
        MqttSignaling alice = start(plain().secret(SECRET).eventLoopGroup(group), "alice", new Inbox());
        start(plain().secret(SECRET).eventLoopGroup(group), "bob", bobs);
        await(alice.send("bob", "hello"));
        assertThat(bobs.next().text()).isEqualTo("hello");
        alice.close();
        assertThat(group.isShuttingDown()).isFalse();
    }

    @Test
    void wantsASecretOrTheWordThatThereIsNone() {
        assertThatThrownBy(() -> plain().start("alice", new Inbox())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("secret(...)").hasMessageContaining("unsealed()");
        assertThatThrownBy(() -> plain().secret("short")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 characters").hasMessageNotContaining("short");
        assertThat(MqttSignaling.newSecret()).hasSize(32).isNotEqualTo(MqttSignaling.newSecret());
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        for (String prefix : new String[] {"", "a/#", "+", "$SYS", "a/", "x".repeat(201)}) {
            assertThatThrownBy(() -> plain().prefix(prefix)).as(prefix).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> plain().version(4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("4");
        assertThatThrownBy(() -> plain().expiry(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> plain().clockSkew(Duration.ofHours(2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> plain().credentials("", "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsNoSecrets() {
        assertThat(MqttSignaling.to("mqtt://u:password@h").secret("the shared one"))
                .hasToString("MQTT signalling over mqtt://h:1883");
    }
}
