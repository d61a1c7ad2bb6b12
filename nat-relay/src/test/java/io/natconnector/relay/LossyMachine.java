package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import java.util.function.IntPredicate;

/** A machine behind a wire that loses exactly the packets that a test names, counted from 0 each way. */
final class LossyMachine implements Machine {
    private final Machine machine;
    private IntPredicate lostOut = n -> false;
    private IntPredicate lostIn = n -> false;
    private boolean plugged;
    private int out;
    private int in;

    LossyMachine(Machine machine) {
        this.machine = machine;
    }

    LossyMachine lose(IntPredicate outgoing, IntPredicate incoming) {
        lostOut = outgoing;
        lostIn = incoming;
        out = 0;
        in = 0;
        return this;
    }

    /** Lets packets out; before that they wait for the socket to be open. */
    void plugIn() {
        plugged = true;
    }

    int sent() {
        return out;
    }

    int received() {
        return in;
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        return lostIn.test(in++) || machine.receive(datagram, now);
    }

    @Override
    public void handleTimeout(long now) {
        machine.handleTimeout(now);
    }

    @Override
    public long nextTimeout() {
        return machine.nextTimeout();
    }

    @Override
    public Datagram pollTransmit() {
        for (Datagram datagram; plugged && (datagram = machine.pollTransmit()) != null;) {
            if (!lostOut.test(out++)) {
                return datagram;
            }
            datagram.payload().release();
        }
        return null;
    }
}
