package io.natconnector;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/** What TLS is like on both sides. */
final class TlsTasks {
    static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    /** RFC 7443, section 3: offered and understood, but nobody is refused who does without, as most do. */
    static final ApplicationProtocolConfig ALPN = new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, "stun.turn", "stun.nat-discovery");
    /**
     * Signing and verifying takes milliseconds, which an event loop that relays for thousands can't spare: those go to the threads
     * that the JVM has for such things.
     */
    static final Executor EXECUTOR = ForkJoinPool.getCommonPoolParallelism() > 0 ? ForkJoinPool.commonPool() : Runnable::run;

    private TlsTasks() { }
}
