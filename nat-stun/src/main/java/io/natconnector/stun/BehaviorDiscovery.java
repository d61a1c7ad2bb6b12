package io.natconnector.stun;

import io.natconnector.stun.NatBehavior.Filtering;
import io.natconnector.stun.NatBehavior.Mapping;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Finds out what the NAT in front of one of our sockets does, with the help of a server that has two addresses (RFC 5780, section
 * 4): mapping, filtering and hairpinning.
 *
 * <p>The socket must be fresh, and nothing else may use it meanwhile: who has been sent to is let in. For the same reason filtering
 * is tested before mapping, whose tests send to the server's second address.
 *
 * <p>How long a binding lasts (section 4.6) takes minutes to find out: {@link BindingLifetime}. Not thread-safe.
 */
public final class BehaviorDiscovery implements Machine {
    /** What came of it. */
    public sealed interface Result {
        record Found(NatBehavior behavior) implements Result { }

        /** The server answered, and has no second address or won't use it; so much is known. */
        record Unsupported(InetSocketAddress mapped) implements Result { }

        /** The server said no. */
        record Refused(ErrorCode error) implements Result { }

        /** No answer. Is UDP blocked? */
        record TimedOut() implements Result { }
    }

    private enum Step { ADDRESS, FILTERING, OTHER_HOST, OTHER_PORT, DONE }

    private final InetSocketAddress local;
    private final InetSocketAddress server;
    private final Retransmission schedule;
    private final RandomGenerator random;
    private Step step = Step.ADDRESS;
    private List<StunBinding> running;
    private HairpinTest hairpin;
    private InetSocketAddress mapped;
    private InetSocketAddress other;
    private InetSocketAddress mappedToOtherHost;
    private Filtering filtering = Filtering.UNKNOWN;
    private Result result;

    /**
     * Starts with the first request.
     *
     * @param local the socket's address as it stands in its datagrams; compared with the mapped one to see whether there is a NAT
     * @param server the server's first address
     * @param schedule of every single request; a NAT that filters lets one run to its end, so a short one is good
     */
    public BehaviorDiscovery(InetSocketAddress local, InetSocketAddress server, Retransmission schedule, RandomGenerator random,
            long now) {
        this.local = local;
        this.server = server;
        this.schedule = schedule;
        this.random = random;
        this.running = List.of(ask(server, now));
    }

    /** What came of it, or {@code null} while that is open. */
    public Result result() {
        return result;
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        boolean ours = hairpin != null && hairpin.receive(datagram, now);
        for (StunBinding binding : running) {
            ours = ours || binding.receive(datagram, now);
        }
        if (ours) {
            proceed(now);
        }
        return ours;
    }

    @Override
    public void handleTimeout(long now) {
        running.forEach(binding -> binding.handleTimeout(now));
        if (hairpin != null) {
            hairpin.handleTimeout(now);
        }
        proceed(now);
    }

    /** Goes on to the next step when all requests of this one have come to their end. */
    private void proceed(long now) {
        if (step == Step.DONE || running.stream().anyMatch(binding -> binding.result() == null)
                || step != Step.ADDRESS && !hairpin.isOver()) {
            return;
        }
        switch (step) {
            case ADDRESS -> addressKnown(now);
            case FILTERING -> filteringKnown(now);
            case OTHER_HOST -> otherHostAnswered(now);
            case OTHER_PORT -> otherPortAnswered();
            default -> throw new IllegalStateException("nothing comes after " + step);
        }
    }

    private void addressKnown(long now) {
        StunBinding first = running.get(0);
        if (first.result() instanceof StunBinding.Result.Refused refused) {
            finish(new Result.Refused(refused.error()));
        } else if (first.result() instanceof StunBinding.Result.Mapped answer) {
            mapped = answer.address();
            other = first.other();
            if (other == null || other.getAddress().equals(server.getAddress()) || other.getPort() == server.getPort()) {
                finish(new Result.Unsupported(mapped));
                return;
            }
            step = Step.FILTERING;
            hairpin = new HairpinTest(local, mapped, schedule, random, now);
            InetSocketAddress otherPort = new InetSocketAddress(server.getAddress(), other.getPort());
            running = List.of(ask(other, BindingOptions.CHANGE_IP | BindingOptions.CHANGE_PORT, now),
                    ask(otherPort, BindingOptions.CHANGE_PORT, now));
        } else {
            finish(new Result.TimedOut());
        }
    }

    /** RFC 5780, section 4.4: tests II and III. */
    private void filteringKnown(long now) {
        if (running.stream().noneMatch(binding -> binding.result() instanceof StunBinding.Result.Refused)) {
            filtering = mappedBy(0) != null ? Filtering.ENDPOINT_INDEPENDENT
                    : mappedBy(1) != null ? Filtering.ADDRESS_DEPENDENT : Filtering.ADDRESS_AND_PORT_DEPENDENT;
        }
        step = Step.OTHER_HOST;
        running = List.of(ask(new InetSocketAddress(other.getAddress(), server.getPort()), now));
    }

    /** RFC 5780, section 4.3: test II. */
    private void otherHostAnswered(long now) {
        mappedToOtherHost = mappedBy(0);
        if (mappedToOtherHost == null) {
            if (filtering != Filtering.ENDPOINT_INDEPENDENT) {
                filtering = Filtering.UNKNOWN;                // it was no filter that kept the second address's answers away
            }
            found(mapped.equals(local) ? Mapping.NONE : Mapping.UNKNOWN);
        } else if (mappedToOtherHost.equals(mapped)) {
            found(mapped.equals(local) ? Mapping.NONE : Mapping.ENDPOINT_INDEPENDENT);
        } else {
            step = Step.OTHER_PORT;
            running = List.of(ask(other, now));
        }
    }

    /** Test III. */
    private void otherPortAnswered() {
        InetSocketAddress mappedToOtherPort = mappedBy(0);
        found(mappedToOtherPort == null ? Mapping.UNKNOWN
                : mappedToOtherPort.equals(mappedToOtherHost) ? Mapping.ADDRESS_DEPENDENT : Mapping.ADDRESS_AND_PORT_DEPENDENT);
    }

    private void found(Mapping mapping) {
        finish(new Result.Found(new NatBehavior(mapped, mapping, filtering, hairpin.isSeen())));
    }

    private void finish(Result end) {
        result = end;
        step = Step.DONE;
    }

    private StunBinding ask(InetSocketAddress address, long now) {
        return new StunBinding(local, address, schedule, random, now);
    }

    private StunBinding ask(InetSocketAddress origin, int change, long now) {
        return new StunBinding(local, server, origin, change, schedule, random, now);
    }

    private InetSocketAddress mappedBy(int index) {
        return running.get(index).result() instanceof StunBinding.Result.Mapped answer ? answer.address() : null;
    }

    @Override
    public long nextTimeout() {
        if (step == Step.DONE) {
            return NEVER;
        }
        long next = hairpin == null ? NEVER : hairpin.nextTimeout();
        for (StunBinding binding : running) {
            next = Math.min(next, binding.nextTimeout());
        }
        return next;
    }

    @Override
    public Datagram pollTransmit() {
        for (StunBinding binding : running) {
            Datagram datagram = binding.pollTransmit();
            if (datagram != null) {
                return datagram;
            }
        }
        return hairpin == null ? null : hairpin.pollTransmit();
    }
}
