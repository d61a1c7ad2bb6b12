package io.natconnector;

import io.natconnector.session.Words;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** The application's view of a {@link Contact} whose words it carries itself. Any thread. */
final class DefaultPeer implements Peer {
    private final DefaultConnector connector;
    private final Contact contact;
    private volatile ChannelHandler handler;
    private volatile Role role;

    DefaultPeer(DefaultConnector connector, Contact contact) {
        this.connector = connector;
        this.contact = contact;
    }

    @Override
    public void receive(String words) {
        connector.localNames().hear(words, text -> {
            Words parsed = Words.parse(text);
            connector.execute(() -> contact.hear(parsed));
        });
    }

    @Override
    public Peer handler(ChannelHandler next) {
        handler = next;
        return this;
    }

    @Override
    public Peer role(Role next) {
        role = next;
        return this;
    }

    @Override
    public CompletableFuture<PeerChannel> connect() {
        return connect(handler);
    }

    private CompletableFuture<PeerChannel> connect(ChannelHandler first) {
        Role fixed = role;
        return connector.connect(contact, first, fixed);
    }

    @Override
    public PeerSocket open() throws IOException {
        connector.checkMayBlock();
        return QueueSocket.open(this::connect);
    }

    @Override
    public ConnectReport report() {
        return connector.onLoop(contact::report, ConnectReport.empty(contact.name()));
    }

    @Override
    public void close() {
        connector.execute(contact::close);
    }
}
