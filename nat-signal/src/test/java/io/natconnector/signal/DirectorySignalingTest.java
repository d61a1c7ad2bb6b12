package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.Signaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySignalingTest extends SignalingContract {
    @TempDir
    Path directory;

    private final AtomicLong clock = new AtomicLong(System.currentTimeMillis());

    @Override
    Signaling signaling() {
        return DirectorySignaling.in(directory.resolve("signal"), clock::get);
    }

    private Path put(String name, String content) throws IOException {
        Path bobs = Files.createDirectories(directory.resolve("signal/to-bob"));
        Path unfinished = Files.writeString(bobs.resolve(name + ".tmp"), content);
        return Files.move(unfinished, bobs.resolve(name));
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("signal").resolve(name))) {
            return files.toList();
        }
    }

    private static void await(Signaling from, String to, String text) throws Exception {
        from.send(to, text).get(Inbox.PATIENCE_SECONDS, SECONDS);
    }

    @Test
    void takesTheFilesAwayThatItHasRead() throws Exception {
        Inbox bobs = new Inbox();
        try (Signaling alice = signaling(); Signaling bob = signaling()) {
            alice.start("alice", new Inbox());
            bob.start("bob", bobs);
            await(alice, "bob", "hello");
            assertThat(bobs.next().text()).isEqualTo("hello");
            assertThat(files("to-bob")).isEmpty();
        }
    }

    @Test
    void keepsWordsForWhoComesALittleLater() throws Exception {
        Inbox bobs = new Inbox();
        try (Signaling alice = signaling(); Signaling bob = signaling()) {
            alice.start("alice", new Inbox());
            await(alice, "bob", "early");
            clock.addAndGet(5_000);
            bob.start("bob", bobs);
            assertThat(bobs.next().text()).isEqualTo("early");
        }
    }

    @Test
    void readsNothingThatIsOldOrNoMessage() throws Exception {
        Inbox bobs = new Inbox();
        try (Signaling alice = signaling(); Signaling bob = signaling()) {
            alice.start("alice", new Inbox());
            await(alice, "bob", "old");
            clock.addAndGet(91_000);
            put("0-rubbish.words", "rubbish");
            put("0-empty.words", "");
            put("0-long.words", "\0".repeat(70_000));
            Files.createDirectories(directory.resolve("signal/to-bob/0-directory.words/in it"));
            Path secret = Files.writeString(directory.resolve("secret"), "must not be read");
            Files.createSymbolicLink(directory.resolve("signal/to-bob/0-link.words"), secret);
            bob.start("bob", bobs);
            await(alice, "bob", "new");

            assertThat(bobs.next().text()).isEqualTo("new");
            assertThat(bobs.isEmpty()).isTrue();
            assertThat(secret).exists();
            assertThat(files("to-bob")).extracting(path -> path.getFileName().toString()).containsExactly("0-directory.words");
        }
    }

    @Test
    void removesWhatADeadSenderLeftUnfinished() throws Exception {
        Path old = put("1-old.part", "half a mess");
        Files.setLastModifiedTime(old, FileTime.fromMillis(clock.get() - 121_000));
        Path recent = put("2-recent.part", "half a mess");
        Inbox bobs = new Inbox();
        try (Signaling alice = signaling(); Signaling bob = signaling()) {
            bob.start("bob", bobs);
            alice.start("alice", new Inbox());
            await(alice, "bob", "hello");
            bobs.next();
            assertThat(old).doesNotExist();
            assertThat(recent).exists();
        }
    }

    @Test
    void doesNotFillTheDirectoryOfWhoNeverComes() throws Exception {
        try (Signaling alice = signaling()) {
            alice.start("alice", new Inbox());
            for (int i = 0; i < 256; i++) {
                await(alice, "nobody", "hello " + i);
            }
            assertThatThrownBy(() -> await(alice, "nobody", "one too many")).isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOf(IOException.class).hasMessageContaining("lie unread");
            assertThat(files("to-nobody")).hasSize(256);

            clock.set(System.currentTimeMillis() + 125_000);
            await(alice, "nobody", "the others are too old by now");
            assertThat(files("to-nobody")).hasSize(1);
        }
    }

    @Test
    void saysWhenTheDirectoryCanNotBeUsedAndWhenItCanAgain() throws Exception {
        Path inTheWay = Files.writeString(directory.resolve("signal"), "a file where the directory should be");
        Inbox alices = new Inbox();
        try (Signaling alice = signaling()) {
            alice.start("alice", alices);
            assertThat(alices.awaitState(false).advice()).contains(inTheWay.toString()).contains("can't be used");
            assertThatThrownBy(() -> await(alice, "bob", "hello")).cause().isInstanceOf(IOException.class);
            Files.delete(inTheWay);
            alices.awaitState(true);
            await(alice, "bob", "hello");
        }
    }
}
