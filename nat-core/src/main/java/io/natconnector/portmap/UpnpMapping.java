package io.natconnector.portmap;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.common.net.InetAddresses;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.Retransmission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * A mapping by UPnP (Internet Gateway Device, WANIPConnection or WANPPPConnection, version 1 or 2): finds the gateway's
 * description, its service in that, its external address, and adds the mapping. HTTP requests are handed out as {@link UpnpCall}s,
 * one at a time. Every minute the gateway is asked for the mapping and for its address.
 */
final class UpnpMapping implements Mapping {
    private static final Retransmission SEARCHING =
            Retransmission.of(SECONDS.toNanos(6), 0, SECONDS.toNanos(1), SECONDS.toNanos(3));
    private static final long RETRY = SECONDS.toNanos(600);
    private static final long RETRY_SOON = SECONDS.toNanos(30);
    private static final int MOST_CONFLICTS = 4;
    private static final int NO_SUCH_ENTRY = 714;
    private static final int CONFLICT = 718;
    private static final int ONLY_PERMANENT_LEASES = 725;

    private final InetSocketAddress local;
    private final InetAddress gateway;
    private final RandomGenerator random;
    private final long startedAt;
    private final Queue<Datagram> transmits = new ArrayDeque<>(2);
    private int searches;
    private URI location;
    private URI control;
    private String service;
    private InetAddress address;
    private boolean allowed;
    private UpnpCall call;                                    // asked for and not answered yet
    private boolean callPending;
    private int externalPort;
    private int conflicts;
    private boolean permanentOnly;
    private Lease lease;
    private InetSocketAddress external;
    private String outcome = "no answer yet";
    private long retryAfter = RETRY;
    private boolean ended;

    UpnpMapping(InetSocketAddress local, InetAddress gateway, RandomGenerator random, long now) {
        this.local = local;
        this.gateway = gateway;
        this.random = random;
        this.startedAt = now;
        this.externalPort = local.getPort();
        search();
    }

    private void search() {
        searches++;
        transmits.add(SsdpSearch.toAll(local));
        transmits.add(SsdpSearch.to(local, gateway));
    }

    @Override
    public MappingProtocol protocol() {
        return MappingProtocol.UPNP;
    }

    @Override
    public void allow(long now) {
        if (!allowed) {
            allowed = true;
            if (address != null && external == null && !ended) {
                add();
            }
        }
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (!datagram.from().getAddress().equals(gateway) || !datagram.to().equals(local) || !SsdpSearch.is(datagram.payload())) {
            return false;
        }
        if (location == null && !ended) {
            location = SsdpSearch.location(datagram.payload(), gateway);
            if (location != null) {
                ask(UpnpCall.describe(location));
            }
        }
        return true;
    }

    private void ask(UpnpCall next) {
        call = next;
        callPending = true;
    }

    private void act(String action, Map<String, String> arguments) {
        ask(UpnpCall.act(control, service, action, arguments));
    }

    /** The next HTTP request to be done, or {@code null}; its answer goes to {@link #answered}. */
    UpnpCall pollCall() {
        boolean pending = callPending;
        callPending = false;
        return pending ? call : null;
    }

    /** Whether it was this mapping's call. */
    boolean answered(UpnpCall answeredCall, UpnpAnswer answer, long now) {
        if (answeredCall != call || ended) {
            return false;
        }
        call = null;
        if (answer instanceof UpnpAnswer.Description description) {
            choose(description);
        } else if (answer instanceof UpnpAnswer.Values values) {
            succeeded(answeredCall.action(), values.values(), now);
        } else if (answer instanceof UpnpAnswer.Refused refused) {
            refused(answeredCall.action(), refused);
        } else if (answer instanceof UpnpAnswer.Failed failed) {
            unanswered(failed.why(), now);
        }
        return true;
    }

    private void choose(UpnpAnswer.Description description) {
        URI base = description.base().isEmpty() ? location : SsdpSearch.at(gateway, description.base(), null);
        for (UpnpAnswer.Service candidate : description.services()) {
            URI at = base == null ? null : SsdpSearch.at(gateway, candidate.controlUrl(), base);
            if (at != null && candidate.type().matches("urn:schemas-upnp-org:service:WAN(IP|PPP)Connection:[12]")) {
                control = at;
                service = candidate.type();
                act("GetExternalIPAddress", Map.of());
                return;
            }
        }
        fail("the gateway describes no service that maps ports", RETRY);
    }

    private void succeeded(String action, Map<String, String> values, long now) {
        switch (action) {
            case "GetExternalIPAddress" -> addressKnown(values.getOrDefault("NewExternalIPAddress", ""), now);
            case "AddPortMapping" -> {
                external = new InetSocketAddress(address, externalPort);
                lease = new Lease(permanentOnly ? 0 : LIFETIME, now);
            }
            case "GetSpecificPortMappingEntry" -> {
                boolean ours = local.getAddress().getHostAddress().equals(values.get("NewInternalClient"))
                        && Integer.toString(local.getPort()).equals(values.get("NewInternalPort"));
                if (ours) {
                    act("GetExternalIPAddress", Map.of());
                } else {
                    fail("another host has taken the port over", RETRY_SOON);
                }
            }
            default -> { }
        }
    }

    private void addressKnown(String text, long now) {
        boolean known = InetAddresses.isInetAddress(text) && text.indexOf(':') < 0 && !text.startsWith("0.");
        if (!known) {
            fail("the gateway has no external address itself", RETRY_SOON);
            return;
        }
        address = InetAddresses.forString(text);
        if (lease != null) {
            lease.answered(now);
            external = new InetSocketAddress(address, externalPort);
        } else {
            outcome = "spoken, not asked for a mapping";
            if (allowed) {
                add();
            }
        }
    }

    /** Also renews: the same external port for the same socket. */
    private void add() {
        Map<String, String> arguments = entry();
        arguments.put("NewInternalPort", Integer.toString(local.getPort()));
        arguments.put("NewInternalClient", local.getAddress().getHostAddress());
        arguments.put("NewEnabled", "1");
        arguments.put("NewPortMappingDescription", "NatConnector");
        arguments.put("NewLeaseDuration", Integer.toString(permanentOnly ? 0 : LIFETIME));
        act("AddPortMapping", arguments);
    }

    /** What names a mapping, in the order that old gateways insist on. */
    private Map<String, String> entry() {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("NewRemoteHost", "");
        arguments.put("NewExternalPort", Integer.toString(externalPort));
        arguments.put("NewProtocol", "UDP");
        return arguments;
    }

    private void refused(String action, UpnpAnswer.Refused refused) {
        boolean adding = "AddPortMapping".equals(action);
        if (adding && refused.code() == ONLY_PERMANENT_LEASES && !permanentOnly) {
            permanentOnly = true;                             // so it must be given back, or it stays for ever
            add();
        } else if (adding && refused.code() == CONFLICT && lease == null && conflicts++ < MOST_CONFLICTS) {
            externalPort = random.nextInt(1024, 65_536);
            add();
        } else if (refused.code() == NO_SUCH_ENTRY && "GetSpecificPortMappingEntry".equals(action)) {
            add();                                            // the gateway has forgotten it
        } else if ("GetSpecificPortMappingEntry".equals(action)) {
            act("GetExternalIPAddress", Map.of());            // a gateway that can't tell
        } else {
            fail("refused: " + refused.code() + " " + printable(refused.text()), RETRY);
        }
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(80, text.length())).replaceAll("[^\\x20-\\x7E]", "?");
    }

    private void unanswered(String why, long now) {
        if (lease == null) {
            fail("UPnP is announced, but: " + why, RETRY);
        } else if (lease.unanswered(now)) {
            fail("the gateway no longer answers", RETRY_SOON);
        } else {
            lease.renewLater(now);
        }
    }

    private void fail(String why, long retry) {
        outcome = why;
        retryAfter = retry;
        external = null;
        lease = null;
        ended = true;
        call = null;
        callPending = false;
        dropTransmits();
    }

    private void dropTransmits() {
        for (Datagram datagram; (datagram = transmits.poll()) != null; ) {
            datagram.payload().release();
        }
    }

    @Override
    public void handleTimeout(long now) {
        if (now < nextTimeout()) {
            return;
        }
        if (lease == null) {
            if (searches < SEARCHING.count()) {
                search();
            } else {
                fail("no answer", RETRY);
            }
        } else if (lease.isExpired(now)) {
            fail("the mapping ended and was not renewed", 0);
        } else if (lease.isRenewalDue(now)) {
            lease.renewLater(now);
            add();
        } else {
            lease.checkLater(now);
            act("GetSpecificPortMappingEntry", entry());
        }
    }

    @Override
    public long nextTimeout() {
        if (ended) {
            return NEVER;
        }
        if (lease != null) {
            return call == null ? lease.next() : lease.expires();
        }
        return location == null ? SEARCHING.due(startedAt, searches) : NEVER;
    }

    @Override
    public Datagram pollTransmit() {
        return transmits.poll();
    }

    @Override
    public InetSocketAddress external() {
        return external;
    }

    @Override
    public long lifetime() {
        return lease == null ? 0 : lease.seconds();
    }

    @Override
    public boolean isFailed() {
        return ended && external == null;
    }

    @Override
    public String outcome() {
        return outcome;
    }

    @Override
    public long retryAfter() {
        return retryAfter;
    }

    /** Also where an answer to our request is still under way: the gateway may have done it. */
    @Override
    public void end(boolean giveBack, long now) {
        outcome = ended ? outcome : "not needed";
        retryAfter = RETRY_SOON;
        boolean maybe = external != null || call != null && "AddPortMapping".equals(call.action());
        call = null;
        callPending = false;
        dropTransmits();
        if (giveBack && maybe) {
            act("DeletePortMapping", entry());
        }
        external = null;
        lease = null;
        ended = true;
    }
}
