package io.natconnector.portmap;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What PCP and NAT-PMP have in common: small requests to port 5351 of the gateway, of which one is under way at a time, and the
 * course of a mapping. Sent from the very socket that is mapped. Only the gateway's address and port may answer.
 */
abstract class GatewayMapping implements Mapping {
    /** RFC 6887, section 19.1, and RFC 6886, section 3.1. */
    static final int PORT = 5351;
    static final int UNSUPPORTED_VERSION = 1;                 // in both protocols
    /**
     * RFC 6886, section 3.1: nine sendings, the first after 250 ms, each wait twice as long, up to 64 s for the last answer. Used
     * for PCP, too: RFC 6887, section 8.1.1 begins with 3 s, during which a lost first packet would cost us the direct path.
     */
    private static final Retransmission ASKING = Retransmission.doubling(MILLISECONDS.toNanos(250), 9, 256);
    /** For looking whether it is still there: 0, 250, 750, 1750 ms, given up after 3750 ms. */
    private static final Retransmission CHECKING = Retransmission.doubling(MILLISECONDS.toNanos(250), 4, 8);
    private static final long RETRY = SECONDS.toNanos(600);
    /** RFC 6887, section 7.4: what passes by itself may be tried again after so long. */
    private static final long RETRY_SOON = SECONDS.toNanos(30);

    /** What is under way. */
    enum Request { NONE, LOOK, MAP, CHECK }

    private final InetSocketAddress local;
    private final InetSocketAddress server;
    private Request request = Request.NONE;
    private Retransmission schedule;
    private long startedAt;
    private int sent;
    private Datagram pending;
    private Lease lease;
    private InetSocketAddress external;
    private String outcome = "no answer yet";
    private long retryAfter = RETRY;
    private boolean ended;

    GatewayMapping(InetSocketAddress local, InetAddress gateway) {
        this.local = local;
        this.server = new InetSocketAddress(gateway, PORT);
    }

    /** The bytes of a request, for a renewal with what is known. */
    abstract ByteBuf write(Request kind, long lifetime);

    /** Reads an answer of the gateway; what is not a good one is passed over. */
    abstract void read(ByteBuf answer, long now);

    final InetSocketAddress local() {
        return local;
    }

    final Request request() {
        return request;
    }

    final void begin(Request kind, long now) {
        request = kind;
        schedule = kind == Request.CHECK ? CHECKING : ASKING;
        startedAt = now;
        sent = 0;
        send();
    }

    private void send() {
        sent++;
        dropPending();
        pending = Datagram.udp(local, server, write(request, LIFETIME));
    }

    private void dropPending() {
        if (pending != null) {
            pending.payload().release();
            pending = null;
        }
    }

    /** Nothing is under way any more. */
    final void settle() {
        request = Request.NONE;
        dropPending();
    }

    /** The gateway has granted it, for the first time or again. */
    final void mapped(InetSocketAddress at, long seconds, long now) {
        if (!isUsable(at)) {
            fail("the gateway has no external address to give", true);
            return;
        }
        if (seconds < Lease.SHORTEST) {
            fail("the gateway grants " + seconds + " s only", false);
            return;
        }
        external = at;
        lease = new Lease(seconds, now);
        settle();
    }

    private static boolean isUsable(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        return address.getPort() != 0 && !ip.isAnyLocalAddress() && !ip.isLoopbackAddress() && !ip.isMulticastAddress()
                && !ip.isLinkLocalAddress();
    }

    /** The gateway is still there, and what it says fits. */
    final void checked(long now) {
        settle();
        lease.answered(now);
    }

    /** Another external address for what is mapped. */
    final void moved(InetAddress address) {
        external = new InetSocketAddress(address, external.getPort());
    }

    /** The gateway won't at present; a mapping that exists lives on, and is renewed later. */
    final void refused(String why, boolean passes, long now) {
        if (external != null && passes) {
            if (request == Request.MAP) {
                lease.renewLater(now);
            }
            lease.checkLater(now);
            settle();
        } else {
            fail(why, passes);
        }
    }

    final void fail(String why, boolean passes) {
        settle();
        outcome = why;
        retryAfter = passes ? RETRY_SOON : RETRY;
        external = null;
        lease = null;
        ended = true;
    }

    @Override
    public final boolean receive(Datagram datagram, long now) {
        if (!datagram.from().equals(server) || !datagram.to().equals(local) || datagram.transport() != Transport.UDP) {
            return false;
        }
        if (!ended) {
            read(datagram.payload(), now);
        }
        return true;
    }

    @Override
    public final void handleTimeout(long now) {
        if (lease != null && lease.isExpired(now)) {
            fail("the mapping ended and was not renewed", true);
            retryAfter = 0;                                   // as after a long sleep
        } else if (request != Request.NONE && now >= schedule.due(startedAt, sent)) {
            if (sent < schedule.count()) {
                send();
            } else {
                unanswered(now);
            }
        } else if (lease != null && request == Request.NONE && lease.isRenewalDue(now)) {
            begin(Request.MAP, now);
        } else if (lease != null && request == Request.NONE && lease.isCheckDue(now)) {
            begin(Request.CHECK, now);
        }
    }

    private void unanswered(long now) {
        boolean check = request == Request.CHECK;
        settle();
        if (lease == null) {
            fail("no answer", false);
        } else if (!check) {
            lease.renewLater(now);
        } else if (lease.unanswered(now)) {
            fail("the gateway no longer answers", true);
        }
    }

    @Override
    public final long nextTimeout() {
        long next = request == Request.NONE ? NEVER : schedule.due(startedAt, sent);
        if (lease != null) {
            next = Math.min(next, request == Request.NONE ? lease.next() : lease.expires());
        }
        return next;
    }

    @Override
    public final Datagram pollTransmit() {
        Datagram next = pending;
        pending = null;
        return next;
    }

    @Override
    public final InetSocketAddress external() {
        return external;
    }

    @Override
    public final long lifetime() {
        return lease == null ? 0 : lease.seconds();
    }

    @Override
    public final boolean isFailed() {
        return ended && external == null;
    }

    @Override
    public final String outcome() {
        return outcome;
    }

    final void outcome(String text) {
        outcome = text;
    }

    @Override
    public final long retryAfter() {
        return retryAfter;
    }

    /** RFC 6887, section 15.1, and RFC 6886, section 3.4: a lifetime of 0. Sent once: a mapping that stays ends by itself. */
    @Override
    public final void end(boolean giveBack, long now) {
        settle();
        outcome = ended ? outcome : "not needed";
        retryAfter = RETRY_SOON;
        if (giveBack && external != null) {
            pending = Datagram.udp(local, server, write(Request.MAP, 0));
        }
        external = null;
        lease = null;
        ended = true;
    }

    final boolean isIpv4() {
        return local.getAddress() instanceof Inet4Address;
    }
}
