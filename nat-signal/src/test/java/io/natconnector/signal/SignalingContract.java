package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.Signaling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every carrier must do, whatever carries. */
abstract class SignalingContract {
    private final List<Signaling> opened = new ArrayList<>();

    /** Another peer's carrier, not started, all in the same world. */
    abstract Signaling signaling() throws Exception;

    private Signaling open() throws Exception {
        Signaling signaling = signaling();
        opened.add(signaling);
        return signaling;
    }

    private Signaling start(String name, Inbox inbox) throws Exception {
        Signaling signaling = open();
        signaling.start(name, inbox);
        inbox.awaitState(true);
        return signaling;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Signaling::close);
    }

    @Test
    void deliversWithTheSendersName() throws Exception {
        Inbox bobs = new Inbox();
        Signaling alice = start("alice", new Inbox());
        start("bob", bobs);

        alice.send("bob", "hello").get(Inbox.PATIENCE_SECONDS, SECONDS);

        assertThat(bobs.next()).isEqualTo(new Inbox.Heard("alice", "hello"));
    }

    @Test
    void deliversBothWaysAtOnce() throws Exception {
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        Signaling alice = start("alice", alices);
        Signaling bob = start("bob", bobs);

        CompletableFuture<Void> sent = alice.send("bob", "ping");
        bob.send("alice", "pong").get(Inbox.PATIENCE_SECONDS, SECONDS);
        sent.get(Inbox.PATIENCE_SECONDS, SECONDS);

        assertThat(bobs.next()).isEqualTo(new Inbox.Heard("alice", "ping"));
        assertThat(alices.next()).isEqualTo(new Inbox.Heard("bob", "pong"));
    }

    @Test
    void deliversManyInAnyOrder() throws Exception {
        Inbox bobs = new Inbox();
        Signaling alice = start("alice", new Inbox());
        start("bob", bobs);
        Set<String> sent = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            sent.add("words " + i);
            alice.send("bob", "words " + i);
        }
        Set<String> heard = new HashSet<>();
        while (heard.size() < sent.size()) {
            heard.add(bobs.next().text());
        }
        assertThat(heard).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a/b", "/", "//", "..", ".", "a b", "+", "#", "a/+/b/#", "$SYS", "%41", "CON", "nul", "*", "a\\b", "a:b|c?d\"e<f>g",
        "Žluťoučký kůň", "名前", "😀", "line\nbreak", "\0", "a'b", "\u202e"})
    void carriesOddNames(String name) throws Exception {
        Inbox odd = new Inbox();
        Inbox bobs = new Inbox();
        Signaling oddOne = start(name, odd);
        Signaling bob = start("bob", bobs);

        bob.send(name, "to " + name).get(Inbox.PATIENCE_SECONDS, SECONDS);
        oddOne.send("bob", "from " + name).get(Inbox.PATIENCE_SECONDS, SECONDS);

        assertThat(odd.next()).isEqualTo(new Inbox.Heard("bob", "to " + name));
        assertThat(bobs.next()).isEqualTo(new Inbox.Heard(name, "from " + name));
    }

    @Test
    void tellsNamesApartThatLookAlike() throws Exception {
        Inbox capital = new Inbox();
        Inbox small = new Inbox();
        Signaling bob = start("bob", new Inbox());
        start("Alice", capital);
        start("alice", small);

        bob.send("Alice", "to the capital one").get(Inbox.PATIENCE_SECONDS, SECONDS);
        bob.send("alice", "to the small one").get(Inbox.PATIENCE_SECONDS, SECONDS);

        assertThat(capital.next().text()).isEqualTo("to the capital one");
        assertThat(small.next().text()).isEqualTo("to the small one");
        assertThat(capital.isEmpty() && small.isEmpty()).isTrue();
    }

    @Test
    void carriesTheLongestNamesAndTexts() throws Exception {
        String name = "é".repeat(127) + "e";                  // 255 bytes
        String text = "x".repeat(Letter.MAX_TEXT);
        Inbox longs = new Inbox();
        start(name, longs);
        Signaling alice = start("alice", new Inbox());

        alice.send(name, text).get(Inbox.PATIENCE_SECONDS, SECONDS);

        assertThat(longs.next().text()).isEqualTo(text);
    }

    @Test
    void carriesTextWithLineBreaksAndWithoutAnything() throws Exception {
        Inbox bobs = new Inbox();
        Signaling alice = start("alice", new Inbox());
        start("bob", bobs);

        alice.send("bob", "v=0\r\na=😀\n\0\t").get(Inbox.PATIENCE_SECONDS, SECONDS);
        assertThat(bobs.next().text()).isEqualTo("v=0\r\na=😀\n\0\t");

        alice.send("bob", "").get(Inbox.PATIENCE_SECONDS, SECONDS);
        assertThat(bobs.next().text()).isEmpty();
    }

    @Test
    void failsATextThatIsTooLong() throws Exception {
        Signaling alice = start("alice", new Inbox());

        assertThatThrownBy(() -> alice.send("bob", "x".repeat(Letter.MAX_TEXT + 1)).get(Inbox.PATIENCE_SECONDS, SECONDS))
                .isInstanceOf(ExecutionException.class).cause().isInstanceOf(IOException.class).hasMessageContaining("61440");
    }

    @Test
    void doesNotMindAReceiverThatIsNotThere() throws Exception {
        Inbox bobs = new Inbox();
        Signaling alice = start("alice", new Inbox());
        assertThatCode(() -> alice.send("nobody", "are you there?").get(Inbox.PATIENCE_SECONDS, SECONDS))
                .doesNotThrowAnyException();

        start("bob", bobs);
        alice.send("bob", "you are").get(Inbox.PATIENCE_SECONDS, SECONDS);
        assertThat(bobs.next().text()).isEqualTo("you are");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "half a pair \ud83d"})
    void refusesNamesThatAreNone(String name) throws Exception {
        Signaling nameless = open();
        assertThatThrownBy(() -> nameless.start(name, new Inbox())).isInstanceOf(IllegalArgumentException.class);
        Signaling alice = start("alice", new Inbox());
        assertThatThrownBy(() -> alice.send(name, "hello").get(Inbox.PATIENCE_SECONDS, SECONDS))
                .isInstanceOf(ExecutionException.class).cause().isInstanceOf(IOException.class);
    }

    @Test
    void goesOnWhenTheListenerThrows() throws Exception {
        Inbox bobs = new Inbox();
        Signaling alice = start("alice", new Inbox());
        Signaling bob = open();
        bob.start("bob", new Signaling.Listener() {
            @Override
            public void received(String from, String text) {
                bobs.received(from, text);
                throw new IllegalStateException("thrown on purpose by a test");
            }

            @Override
            public void state(boolean up, String advice) {
                bobs.state(up, advice);
            }
        });
        bobs.awaitState(true);

        alice.send("bob", "one").get(Inbox.PATIENCE_SECONDS, SECONDS);
        assertThat(bobs.next().text()).isEqualTo("one");
        alice.send("bob", "two").get(Inbox.PATIENCE_SECONDS, SECONDS);
        assertThat(bobs.next().text()).isEqualTo("two");
    }

    @Test
    void failsWhatIsSentBeforeStartAndAfterClose() throws Exception {
        Signaling early = open();
        assertThat(early.send("bob", "hello")).isCompletedExceptionally();

        Signaling late = start("late", new Inbox());
        late.close();
        assertThatThrownBy(() -> late.send("bob", "hello").get(Inbox.PATIENCE_SECONDS, SECONDS))
                .isInstanceOf(ExecutionException.class).cause().isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    @Test
    void closesAsOftenAsOneLikes() throws Exception {
        Signaling alice = start("alice", new Inbox());
        alice.close();
        assertThatCode(alice::close).doesNotThrowAnyException();

        Signaling neverStarted = open();
        neverStarted.close();
        assertThatCode(neverStarted::close).doesNotThrowAnyException();
    }

    @Test
    void startsOnce() throws Exception {
        Signaling alice = start("alice", new Inbox());
        assertThatThrownBy(() -> alice.start("alice", new Inbox())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hearsNothingAfterClose() throws Exception {
        Inbox bobs = new Inbox();
        Inbox others = new Inbox();
        Signaling alice = start("alice", new Inbox());
        Signaling bob = start("bob", bobs);
        start("other", others);
        bob.close();

        alice.send("bob", "too late").get(Inbox.PATIENCE_SECONDS, SECONDS);
        alice.send("other", "in time").get(Inbox.PATIENCE_SECONDS, SECONDS);

        assertThat(others.next().text()).isEqualTo("in time");
        assertThat(bobs.isEmpty()).isTrue();
    }
}
