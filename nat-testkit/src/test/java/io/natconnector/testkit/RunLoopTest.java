package io.natconnector.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Time, turns and wake-ups. */
@ExtendWith(VirtualInternetExtension.class)
class RunLoopTest {
    private final List<String> log = new ArrayList<>();
    private VirtualInternet net;
    private Host alice;
    private Host bob;

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        alice = net.host("alice", "198.51.100.1");
        bob = net.host("bob", "198.51.100.2");
    }

    @Test
    void timeBeginsAtZeroAndOnlyRunningMovesIt() {
        assertThat(net.now()).isZero();
        net.runFor(ofSeconds(86_400));
        assertThat(net.now()).isEqualTo(ofSeconds(86_400).toNanos());
    }

    @Test
    void eventsHappenInTimeAndAtTheSameTimeInTheOrderOfPlanning() {
        net.at(ofMillis(20), () -> log.add("c"));
        net.at(ofMillis(10), () -> log.add("a"));
        net.at(ofMillis(10), () -> log.add("b"));
        net.at(ofMillis(10), () -> net.after(ofMillis(10), () -> log.add("d")));
        net.runFor(ofMillis(19));
        assertThat(log).containsExactly("a", "b");
        net.runFor(ofMillis(1));
        assertThat(log).containsExactly("a", "b", "c", "d");
    }

    @Test
    void runUntilStopsAtTheEventThatFulfilsIt() {
        net.at(ofMillis(10), () -> log.add("a"));
        net.at(ofMillis(20), () -> log.add("b"));
        assertThat(net.runUntil(() -> log.size() == 1, ofSeconds(1))).isTrue();
        assertThat(net.now()).isEqualTo(ofMillis(10).toNanos());
        assertThat(net.runUntil(() -> log.size() == 5, ofSeconds(1))).isFalse();
        assertThat(net.now()).isEqualTo(ofMillis(1010).toNanos());
    }

    @Test
    void aMachineIsWokenAtItsDeadlineAndNotBefore() {
        Recorder machine = new Recorder("m");
        Program program = alice.run(machine);
        program.mutate(now -> machine.deadline = ofMillis(30).toNanos());
        program.mutate(now -> machine.deadline = ofMillis(50).toNanos());       // later: the first alarm is void
        net.runFor(ofMillis(40));
        assertThat(log).isEmpty();
        program.mutate(now -> machine.deadline = ofMillis(45).toNanos());       // earlier again
        net.runFor(ofMillis(100));
        assertThat(log).containsExactly("m timeout at 45");
    }

    @Test
    void aDeadlineThatHasPassedIsDueNow() {
        Recorder machine = new Recorder("m");
        net.runFor(ofMillis(10));
        alice.run(machine).mutate(now -> machine.deadline = 5);
        net.runFor(ofMillis(1));
        assertThat(log).containsExactly("m timeout at 10");
    }

    @Test
    void aTurnIsMutationThenDatagramsThenAfterDrainUntilNothingIsLeft() {
        Recorder machine = new Recorder("m");
        Program[] program = new Program[1];
        program[0] = alice.run(machine, () -> {
            log.add("afterDrain with " + machine.out.size() + " unsent");
            if (machine.events.poll() != null) {
                machine.send(program[0] == null ? null : alice.endpoint(5000), bob.endpoint(6000), "from the glue");
            }
        });
        alice.bind(machine, 5000);
        log.clear();

        alice.mutate(machine, now -> {
            machine.send(alice.endpoint(5000), bob.endpoint(6000), "from the mutation");
            machine.events.add("event");
        });

        assertThat(log).containsExactly("afterDrain with 0 unsent", "afterDrain with 0 unsent");
        assertThat(machine.out).isEmpty();
        assertThat(alice.sent()).isEqualTo(2);
    }

    @Test
    void aTurnAskedForDuringATurnComesAfterItAtTheSameTime() {
        Recorder first = new Recorder("first");
        Recorder second = new Recorder("second");
        bob.run(second, () -> log.add("second drained"));
        log.clear();
        alice.run(first, () -> {
            if (first.events.poll() != null) {
                bob.mutate(second, now -> log.add("second mutated at " + now));
                log.add("first goes on");
            }
        });
        alice.mutate(first, now -> first.events.add("event"));

        assertThat(log).containsExactly("first goes on", "second mutated at 0", "second drained");
    }

    @Test
    void aDatagramNeverArrivesWithinTheTurnThatSentIt() {
        Recorder receiver = new Recorder("receiver");
        bob.bind(receiver, 6000);
        Recorder sender = new Recorder("sender");
        alice.bind(sender, 5000);
        alice.mutate(sender, now -> sender.send(alice.endpoint(5000), bob.endpoint(6000), "x"));
        assertThat(log).isEmpty();
        net.runFor(ofMillis(0));
        assertThat(log).containsExactly("receiver got x");
    }

    @Test
    void aHopThatTakesNoTimeComesAfterWhatWasPlannedForThatTimeBefore() {
        Nat nat = net.nat("nat", "198.51.100.9").filtering(Behavior.ENDPOINT_INDEPENDENT);
        nat.uplink().inbound().delay(ofMillis(10));
        VirtualSocket inside = net.host("inside", "10.0.1.2").behind(nat).socket(5000)
                .onReceive((from, payload) -> log.add("delivered"));
        VirtualSocket outside = bob.socket(6000);
        inside.send(outside.address(), "opens");
        net.runFor(ofMillis(0));
        outside.send(new InetSocketAddress("198.51.100.9", 5000), "from the NAT to the host in no time");
        net.runFor(ofMillis(0));                               // it is on the NAT's link
        net.after(ofMillis(10), () -> log.add("planned"));
        net.runFor(ofMillis(10));

        assertThat(log).containsExactly("planned", "delivered");
    }

    @Test
    void whatAMachineDoesNotTakeGoesToTheLayerAbove() {
        Recorder receiver = new Recorder("receiver");
        receiver.takes = false;
        bob.bind(receiver, 6000);
        bob.program(receiver).unclaimed(datagram -> log.add("above: " + datagram.payload().toString(UTF_8)));
        alice.socket(5000).send(bob.endpoint(6000), "hello");
        net.runFor(ofMillis(1));
        assertThat(log).containsExactly("receiver got hello", "above: hello");
    }

    @Test
    void aStoppedMachineIsLeftAlone() {
        Recorder machine = new Recorder("m");
        alice.bind(machine, 5000);
        alice.mutate(machine, now -> machine.deadline = ofMillis(10).toNanos());
        alice.program(machine).stop();
        bob.socket(6000).send(alice.endpoint(5000), "anybody there?");
        net.runFor(ofMillis(100));
        assertThat(log).isEmpty();
        assertThat(alice.count(Fate.NO_SOCKET)).isEqualTo(1);
    }

    @Test
    void aMachineThatNeverRestsIsReported() {
        Recorder sleepless = new Recorder("sleepless");
        sleepless.rearms = true;
        alice.run(sleepless).mutate(now -> sleepless.deadline = now);
        assertThatIllegalStateException().isThrownBy(() -> net.runFor(ofMillis(1))).withMessageContaining("sleepless on alice");
    }

    @Test
    void aTurnCannotRunTime() {
        Recorder machine = new Recorder("m");
        Program program = alice.run(machine);
        assertThatIllegalStateException().isThrownBy(() -> program.mutate(now -> net.runFor(ofMillis(1))));
    }

    @Test
    void aFailureInATurnLeavesTheNetworkUsable() {
        Recorder machine = new Recorder("m");
        Program program = alice.run(machine);
        assertThatIllegalStateException().isThrownBy(() -> program.mutate(now -> {
            throw new IllegalStateException("boom");
        }));
        program.mutate(now -> log.add("fine"));
        assertThat(log).containsExactly("fine");
    }

    /** Writes down what is done to it. */
    private final class Recorder implements Machine {
        private final String name;
        private final Queue<Datagram> out = new ArrayDeque<>();
        private final Queue<String> events = new ArrayDeque<>();
        private long deadline = NEVER;
        private boolean rearms;
        private boolean takes = true;

        Recorder(String name) {
            this.name = name;
        }

        void send(InetSocketAddress from, InetSocketAddress to, String text) {
            out.add(Datagram.udp(from, to, Unpooled.copiedBuffer(text, UTF_8)));
        }

        @Override
        public boolean receive(Datagram datagram, long now) {
            log.add(name + " got " + datagram.payload().toString(UTF_8));
            return takes;
        }

        @Override
        public void handleTimeout(long now) {
            if (!rearms) {
                log.add(name + " timeout at " + now / 1_000_000);
                deadline = NEVER;
            }
        }

        @Override
        public long nextTimeout() {
            return deadline;
        }

        @Override
        public Datagram pollTransmit() {
            return out.poll();
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
