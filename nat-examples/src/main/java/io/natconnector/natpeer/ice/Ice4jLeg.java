package io.natconnector.natpeer.ice;

import io.natconnector.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.beans.PropertyChangeEvent;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.Candidate;
import org.ice4j.ice.CandidatePair;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.IceProcessingState;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.LocalCandidate;
import org.ice4j.ice.RemoteCandidate;
import org.ice4j.ice.harvest.StunCandidateHarvester;
import org.ice4j.ice.harvest.TurnCandidateHarvester;
import org.ice4j.ice.sdp.CandidateAttribute;
import org.ice4j.security.LongTermCredential;

/**
 * One agent of ice4j with one component.
 *
 * <p>Its checks begin when its own gathering has ended, because a local candidate that is found later is never paired with remote
 * ones that are known already. It must have a remote candidate when they begin; more may come later.
 */
final class Ice4jLeg implements Leg {
    private static final int MAX_DATAGRAM = 1500;              // ice4j cuts what is longer

    private final IceSetup setup;
    private final Listener listener;
    private final Agent agent = new Agent();
    private final IceMediaStream stream;
    private final List<String> found = new ArrayList<>();
    private final Set<String> heard = new HashSet<>();
    private volatile Component component;
    private volatile PeerWords waiting;
    private volatile boolean gathered;
    private boolean checking;
    private boolean connected;
    private volatile boolean closed;

    Ice4jLeg(IceSetup setup, Listener listener) {
        this.setup = setup;
        this.listener = listener;
        agent.setControlling(setup.role() == Role.CONTROLLING);
        agent.setTrickling(setup.trickle());
        setup.stun().forEach(server -> agent.addCandidateHarvester(new StunCandidateHarvester(address(server))));
        setup.relays().forEach(relay -> agent.addCandidateHarvester(
                new TurnCandidateHarvester(address(relay.server()), new LongTermCredential(relay.user(), relay.password()))));
        agent.addStateChangeListener(this::stateChanged);
        stream = agent.createMediaStream("data");
    }

    @Override
    public void start() {
        thread("ice4j gathering", this::gather);
    }

    private void gather() {
        try {
            // Without trickle this returns when all harvesters have
            Component created = agent.createComponent(stream, KeepAliveStrategy.SELECTED_ONLY, true);
            component = created;
            tell(created.getLocalCandidates());
            if (setup.trickle()) {
                agent.startCandidateTrickle(this::tell);       // returns when all harvesters have
            }
            if (setup.relayOnly()) {
                forgetAllButRelayed();
            }
            gathered = true;
            tell(created.getLocalCandidates());
            proceed();
        } catch (IOException | IllegalArgumentException | ReflectiveOperationException e) {
            listener.failed("ice4j can't gather: " + e.getMessage());
        }
    }

    /** ice4j has no policy for this: the candidates must not be there when pairs are formed. */
    private void forgetAllButRelayed() throws ReflectiveOperationException {
        Field field = Component.class.getDeclaredField("localCandidates");
        field.setAccessible(true);
        Collection<?> candidates = (Collection<?>) field.get(component);
        synchronized (candidates) {
            candidates.removeIf(candidate -> ((LocalCandidate) candidate).getType() != CandidateType.RELAYED_CANDIDATE);
        }
    }

    /** Without the lock: two legs that talk in one process would wait for each other. */
    private void tell(Collection<LocalCandidate> candidates) {
        listener.words(found(candidates));
    }

    private synchronized PeerWords found(Collection<LocalCandidate> candidates) {
        for (LocalCandidate candidate : candidates == null ? List.<LocalCandidate>of() : candidates) {
            String line = "candidate:" + new CandidateAttribute(candidate).getValue();
            boolean wanted = !setup.relayOnly() || candidate.getType() == CandidateType.RELAYED_CANDIDATE;
            if (wanted && !found.contains(line)) {
                found.add(line);
            }
        }
        return new PeerWords(agent.getLocalUfrag(), agent.getLocalPassword(), found, gathered);
    }

    @Override
    public void hear(PeerWords words) {
        waiting = words;
        proceed();
    }

    private synchronized void proceed() {
        if (!gathered || waiting == null || closed) {
            return;
        }
        stream.setRemoteUfrag(waiting.ufrag());
        stream.setRemotePassword(waiting.pwd());
        boolean news = false;
        for (String line : waiting.candidates()) {
            RemoteCandidate candidate = heard.add(line) ? remote(line) : null;
            if (candidate != null && checking) {
                component.addUpdateRemoteCandidates(candidate);
                news = true;
            } else if (candidate != null) {
                component.addRemoteCandidate(candidate);
            }
        }
        if (news) {
            component.updateRemoteCandidates();
        } else if (!checking && (component.getRemoteCandidateCount() > 0 || waiting.complete())) {
            checking = true;
            agent.startConnectivityEstablishment();
        }
    }

    /** The candidate of that line, or {@code null} for one that ice4j can't use here. */
    private RemoteCandidate remote(String line) {
        String[] words = line.substring("candidate:".length()).split(" +");
        if (words.length < 8 || !words[2].equalsIgnoreCase("udp") || words[4].indexOf(':') >= 0) {
            return null;
        }
        RemoteCandidate related = words.length >= 12 && words[8].equals("raddr")
                ? component.findRemoteCandidate(new TransportAddress(words[9], Integer.parseInt(words[11]), Transport.UDP)) : null;
        return new RemoteCandidate(new TransportAddress(words[4], Integer.parseInt(words[5]), Transport.UDP), component,
                CandidateType.parse(words[7]), words[0], Long.parseLong(words[3]), related);
    }

    private void stateChanged(PropertyChangeEvent change) {
        Object state = change.getNewValue();
        if (closed || !(state instanceof IceProcessingState)) {
            return;
        }
        synchronized (this) {
            if (connected) {
                return;                                        // TERMINATED follows after 3 s and means nothing
            }
            connected = state == IceProcessingState.COMPLETED;
        }
        if (state == IceProcessingState.COMPLETED) {
            thread("ice4j receiving", this::receive);
            listener.connected();
        } else if (state == IceProcessingState.FAILED) {
            listener.failed("no pair answered");
        }
    }

    private void receive() {
        byte[] bytes = new byte[MAX_DATAGRAM];
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        try {
            while (!closed) {
                packet.setLength(bytes.length);
                component.getSocket().receive(packet);
                listener.received(Unpooled.wrappedBuffer(bytes, packet.getOffset(), packet.getLength()));
            }
        } catch (IOException e) {
            if (!closed) {
                listener.failed("ice4j can't receive: " + e.getMessage());
            }
        }
    }

    @Override
    public void send(ByteBuf payload) {
        try {
            byte[] bytes = new byte[payload.readableBytes()];
            payload.readBytes(bytes);
            component.send(bytes, 0, bytes.length);
        } catch (IOException e) {
            // dropped, as a network would
        } finally {
            payload.release();
        }
    }

    @Override
    public LegPath path() {
        CandidatePair pair = component == null ? null : component.getSelectedPair();
        if (pair == null) {
            return null;
        }
        LocalCandidate local = pair.getLocalCandidate();
        RemoteCandidate remote = pair.getRemoteCandidate();
        return new LegPath(local.getType().toString(), remote.getType().toString(), socket(local), socket(remote));
    }

    private static InetSocketAddress socket(Candidate<?> candidate) {
        TransportAddress address = candidate.getTransportAddress();
        return new InetSocketAddress(address.getAddress(), address.getPort());
    }

    private static TransportAddress address(InetSocketAddress server) {
        return new TransportAddress(server.getAddress(), server.getPort(), Transport.UDP);
    }

    private static void thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        agent.free();
    }
}
