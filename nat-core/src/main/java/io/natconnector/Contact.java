package io.natconnector;

import io.natconnector.ice.IceParameters;
import io.natconnector.session.SessionSettings;
import io.natconnector.session.Words;
import io.netty.channel.ChannelHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Somebody whom words can be exchanged with, and the one call there may be with it at a time.
 *
 * <p>On the event loop alone.
 */
final class Contact {
    /** Words that come before the application has said that it wants to connect; they are cumulative, so few are enough. */
    private static final int MAX_EARLY_WORDS = 8;

    private final DefaultConnector connector;
    private final String name;
    private final Consumer<String> voice;
    private final boolean isNamed;
    private final Deque<Words> earlyWords = new ArrayDeque<>(0);
    private SessionSettings settings;
    private Call call;
    private ConnectReport lastReport;

    /**
     * @param isNamed whether it is reached by signalling under its name, else by hand
     * @param voice carries our words; must not throw
     */
    Contact(DefaultConnector connector, String name, boolean isNamed, Consumer<String> voice) {
        this.connector = connector;
        this.name = name;
        this.isNamed = isNamed;
        this.voice = voice;
        this.settings = connector.sessionSettings();
    }

    String name() {
        return name;
    }

    boolean isNamed() {
        return isNamed;
    }

    /** The call that is under way, or {@code null}. */
    Call call() {
        return call;
    }

    /** Of the call that is under way, else of the one before. */
    ConnectReport report() {
        return call != null ? call.report() : lastReport != null ? lastReport : ConnectReport.empty(name);
    }

    void settings(SessionSettings changed) {
        settings = changed;
    }

    void connect(ChannelHandler handler, CompletableFuture<PeerChannel> future) {
        boolean begins = call == null;
        if (begins) {
            call = connector.newCall(this, false);
        }
        Call mine = call;
        mine.join(handler, future);
        future.whenComplete((channel, failure) -> {
            if (future.isCancelled()) {
                connector.execute(() -> mine.cancelled(future));
            }
        });
        if (begins && !future.isDone()) {
            begin(settings);
        } else if (begins) {
            drop(mine);
        }
    }

    private void begin(SessionSettings how) {
        call.begin(how);
        while (call != null && !earlyWords.isEmpty()) {
            hear(earlyWords.remove());
        }
    }

    private void drop(Call stillborn) {
        ended(stillborn, 0);
        stillborn.channel().close();
    }

    /** What the peer says. */
    void hear(Words words) {
        if (words.note().isPresent() && connector.isFormer(words.note().get().session())) {
            connector.counters().wordsStale.up();
        } else if (call == null) {
            hearUncalled(words);
        } else if (!call.hear(words)) {
            hearAnew(words);
        }
    }

    private void hearUncalled(Words words) {
        Words.Note note = words.note().orElse(null);
        if (note != null && (note.bye() || note.peerSession() != 0)) {
            // Meant for a session that we don't have, or not any more: we may have started anew, or our bye got lost
            connector.counters().wordsStale.up();
            if (!note.bye()) {
                say(farewell(note));
            }
        } else if (isNamed && connector.acceptsStranger()) {
            call = connector.newCall(this, true);
            earlyWords.add(words);
            begin(settings);
        } else if (!isNamed) {
            keep(words);
        } else {
            connector.counters().wordsRefused.up();
        }
    }

    /** What the session that the peer still means would say. */
    private String farewell(Words.Note heard) {
        Words.Note bye = Words.Note.bye(heard.peerSession(), heard.session());
        return new Words(IceParameters.random(connector.random()), false, true, List.of(), true, Optional.of(bye)).text();
    }

    private void keep(Words words) {
        if (earlyWords.size() == MAX_EARLY_WORDS) {
            earlyWords.remove();
        }
        earlyWords.add(words);
    }

    private void hearAnew(Words words) {
        if (call.isConnected()) {
            Call over = call;
            call = null;
            over.replaced();
            hear(words);
            return;
        }
        long left = settings.connectTimeout() - (System.nanoTime() - call.begunAt());
        call.beginAnew(settings.withConnectTimeout(Math.max(left, TimeUnit.MILLISECONDS.toNanos(1))));
        call.hear(words);
    }

    /** Carries our words to the peer. */
    void say(String text) {
        voice.accept(connector.localNames().told(text));
    }

    /** Words of this session of the peer are of old times from now on. */
    void forgetLater(long peerSession) {
        connector.former(peerSession);
    }

    void ended(Call over, long peerSession) {
        connector.former(peerSession);
        lastReport = over.report();
        if (call == over) {
            call = null;
        }
        connector.ended(this, over);
    }

    void close() {
        earlyWords.clear();
        if (call != null) {
            call.close();
        }
    }

    /** How to set up the channels of calls that nobody here has asked for; may be {@code null}. */
    Consumer<PeerChannel> initializer() {
        return isNamed ? connector.initializer() : null;
    }

    /** Why we should not talk with who has proved to be this; empty for one without a name, whom nobody can know by it. */
    Optional<String> objection(PeerIdentity proved) {
        return isNamed && proved != null ? connector.objection(name, proved) : Optional.empty();
    }

    /** For words carried by hand nobody knows, so they are taken to work. */
    boolean signalWorkedSince(long nanoTime) {
        return !isNamed || connector.mail().workedSince(nanoTime);
    }

    String signalAdvice() {
        return connector.mail().advice();
    }

    Chronicle chronicle() {
        return connector.chronicle();
    }

    <T> T onLoop(Supplier<T> question, T otherwise) {
        return connector.onLoop(question, otherwise);
    }
}
