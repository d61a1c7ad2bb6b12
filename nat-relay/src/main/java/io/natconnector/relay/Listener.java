package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A socket that clients talk to. The socket's own address and transport are three fifths of the 5-tuple, so the client's address
 * is all that an allocation is looked up by.
 */
final class Listener implements Inlet {
    final Transport transport;
    final InetSocketAddress address;
    private final RelayHub hub;
    private final RequestHandler requests;
    private final Map<InetSocketAddress, Allocation> allocations = new HashMap<>();

    Listener(RelayHub hub, RequestHandler requests, Transport transport, InetSocketAddress address) {
        this.hub = hub;
        this.requests = requests;
        this.transport = transport;
        this.address = address;
    }

    Allocation allocation(InetSocketAddress client) {
        return allocations.get(client);
    }

    void add(InetSocketAddress client, Allocation allocation) {
        allocations.put(client, allocation);
    }

    void remove(InetSocketAddress client, Allocation allocation) {
        allocations.remove(client, allocation);
    }

    void forEach(Consumer<Allocation> action) {
        allocations.values().forEach(action);
    }

    int allocations() {
        return allocations.size();
    }

    void endAll(long now) {
        // A set, as one that is moving is here twice
        new LinkedHashSet<>(allocations.values()).forEach(allocation -> allocation.end(RelayServerEvent.Cause.CLOSED, now));
    }

    void close(long now) {
        endAll(now);
        hub.unlisten(transport, address);
    }

    @Override
    public void receive(Datagram datagram, long now) {
        ByteBuf payload = datagram.payload();
        if (ChannelData.isFramed(payload)) {
            receiveData(datagram.from(), payload, now);
        } else if (StunMessage.is(payload)) {
            receiveStun(datagram, now);
        } else if (!StunMessage.isClassicBindingRequest(payload) || !requests.bind(datagram)) {
            hub.counters.malformed++;
        }
    }

    @Override
    public void receive(InetSocketAddress from, ByteBuf payload, long now) {
        if (ChannelData.isFramed(payload)) {
            receiveData(from, payload, now);
        } else {
            receive(Datagram.udp(from, address, payload), now);
        }
    }

    private void receiveData(InetSocketAddress client, ByteBuf frame, long now) {
        Allocation allocation = allocations.get(client);
        if (allocation == null) {
            hub.counters.drop(RelayDrop.NO_ALLOCATION);
        } else {
            allocation.heardAt(this, client);
            allocation.fromClient(frame, now);
        }
    }

    private void receiveStun(Datagram datagram, long now) {
        StunMessage message;
        try {
            message = StunMessage.parse(datagram.payload());
        } catch (StunException e) {
            hub.counters.malformed++;
            answerMalformed(datagram, now);
            return;
        }
        switch (message.stunClass()) {
            case REQUEST -> {
                // RFC 8656, section 21.1.5: what comes from our own relay sockets is us, talking to ourselves
                if (hub.isRelayed(datagram.from())) {
                    hub.counters.drop(RelayDrop.LOOP);
                } else {
                    requests.handle(message, datagram, this, now);
                }
            }
            case INDICATION -> {
                Allocation allocation = message.method() == StunMethod.SEND ? allocations.get(datagram.from()) : null;
                if (allocation != null) {
                    allocation.heardAt(this, datagram.from());
                    allocation.send(message, now);
                } else {
                    hub.counters.drop(message.method() == StunMethod.SEND ? RelayDrop.NO_ALLOCATION : RelayDrop.UNASKED);
                }
            }
            // RFC 8489, section 6.3.3: we ask nothing, so no answer is for us, and answering one would be the start of a loop
            default -> hub.counters.drop(RelayDrop.UNASKED);
        }
    }

    /** A TURN request whose attributes are out of bounds gets a 400, as far as strangers get answers; all else gets silence. */
    private void answerMalformed(Datagram datagram, long now) {
        ByteBuf payload = datagram.payload();
        int at = payload.readerIndex();
        int type = payload.getUnsignedShort(at);
        for (StunMethod method : RequestHandler.METHODS) {
            if (type == method.type(StunClass.REQUEST)) {
                TransactionId id = new TransactionId(payload.getInt(at + 8), payload.getLong(at + 12));
                Exchange exchange = new Exchange(datagram, method, id, false);
                requests.refuseStranger(exchange, exchange.error(ErrorCode.BAD_REQUEST), now);
            }
        }
    }
}
