package io.natconnector.portmap;

import io.natconnector.stun.Datagram;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.VirtualInternet;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Alice at home at 10.0.1.2:5000, with a port mapper; her gateway is 10.0.1.1 and 198.51.100.1 outside. */
final class Home {
    static final InetSocketAddress ALICE = new InetSocketAddress("10.0.1.2", 5000);

    final VirtualInternet net;
    final Nat nat;
    final Host alice;
    final Host router;
    final VirtualGateway gateway;
    final PortMapper mapper;
    final List<String> events = new ArrayList<>();
    final List<UpnpCall> calls = new ArrayList<>();
    UpnpRouter upnp;

    Home(VirtualInternet net, MappingProtocol... protocols) {
        this.net = net;
        this.nat = net.nat("nat", "198.51.100.1").profile(NatProfile.PORT_RESTRICTED);
        this.alice = net.host("alice", "10.0.1.2").behind(nat);
        this.router = net.host("router", "10.0.1.1").behind(nat);
        this.gateway = new VirtualGateway(nat, router, protocols);
        this.mapper = new PortMapper(alice.random());
        alice.run(mapper, this::drain);
        alice.program(mapper).bind(ALICE.getPort());
    }

    /** Asks for the port now. */
    Home ask() {
        alice.mutate(mapper, now -> mapper.add(ALICE, gateway.address(), now));
        return this;
    }

    private void drain() {
        for (PortMapEvent event; (event = mapper.pollEvent()) != null; ) {
            long millis = TimeUnit.NANOSECONDS.toMillis(net.now());
            events.add(millis + (event instanceof PortMapEvent.Mapped ? " mapped " : " lost ")
                    + event.external().getAddress().getHostAddress() + ":" + event.external().getPort() + " " + event.protocol());
        }
        for (UpnpCall call; (call = mapper.pollCall()) != null; ) {
            calls.add(call);
            UpnpCall asked = call;
            if (upnp != null) {
                net.after(Duration.ofMillis(10),
                        () -> alice.mutate(mapper, now -> mapper.answered(asked, upnp.answer(asked), now)));
            }
        }
    }

    void runTo(Duration time) {
        net.runFor(time.minusNanos(net.now()));
    }

    /** Sends bytes to Alice's socket, as if from the gateway's port 5351 or from elsewhere. */
    void forge(String from, int port, String hex) {
        alice.mutate(mapper, now -> {
            var payload = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
            mapper.receive(Datagram.udp(new InetSocketAddress(from, port), ALICE, payload), now);
            payload.release();
        });
    }

    List<String> outcomes() {
        return mapper.statuses().stream().map(status -> status.protocol() + ": "
                + (status.external() == null ? status.outcome() : "port " + status.external().getPort())).toList();
    }

    void close() {
        alice.mutate(mapper, mapper::close);
        net.runFor(Duration.ofSeconds(1));
    }
}
