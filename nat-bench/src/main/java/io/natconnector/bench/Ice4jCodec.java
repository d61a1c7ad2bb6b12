package io.natconnector.bench;

import java.nio.charset.StandardCharsets;
import org.ice4j.StunException;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.attribute.Attribute;
import org.ice4j.attribute.AttributeFactory;
import org.ice4j.attribute.IceControllingAttribute;
import org.ice4j.attribute.MessageIntegrityAttribute;
import org.ice4j.attribute.PriorityAttribute;
import org.ice4j.attribute.UsernameAttribute;
import org.ice4j.message.Message;
import org.ice4j.message.MessageFactory;
import org.ice4j.message.Request;
import org.ice4j.security.CredentialsAuthority;
import org.ice4j.stack.RawMessage;
import org.ice4j.stack.StunStack;

/** That of ice4j, used as its stack and its connectivity checks use it: over arrays, with the keys of a stack without sockets. */
final class Ice4jCodec implements Codec, CredentialsAuthority {
    private static final TransportAddress NOWHERE = new TransportAddress("192.0.2.1", 9, Transport.UDP);
    private static final byte[] TRANSACTION = {
        (byte) 0xB7, (byte) 0xE7, (byte) 0xA7, 0x01, (byte) 0xBC, 0x34, (byte) 0xD6, (byte) 0x86, (byte) 0xFA, (byte) 0x87,
        (byte) 0xDF, (byte) 0xAE,
    };

    private final StunStack stack;
    private byte[] datagram;
    private RawMessage raw;
    private MessageIntegrityAttribute integrity;

    Ice4jCodec() {
        Ice4jPair.configure("");
        System.setProperty("ice4j.software", "");             // else it adds SOFTWARE, which no other check here has
        stack = new StunStack();
        stack.getCredentialsManager().registerAuthority(this);
    }

    @Override
    public Object parse() {
        return decode();
    }

    private Message decode() {
        try {
            return Message.decode(datagram, 0, datagram.length);
        } catch (StunException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean verify() {
        return stack.validateMessageIntegrity(integrity, USERNAME, true, raw);
    }

    /** Without what its stack does besides: no server transaction is made. */
    @Override
    public boolean inbound() {
        RawMessage received = RawMessage.build(datagram, datagram.length, NOWHERE, NOWHERE);
        Message request = decode();
        UsernameAttribute name = (UsernameAttribute) request.getAttribute(Attribute.USERNAME);
        String username = new String(name.getUsername(), StandardCharsets.UTF_8);
        int colon = username.indexOf(':');
        boolean ours = stack.getCredentialsManager().checkLocalUserName(username.substring(0, colon));
        MessageIntegrityAttribute signature = (MessageIntegrityAttribute) request.getAttribute(Attribute.MESSAGE_INTEGRITY);
        return ours && stack.validateMessageIntegrity(signature, username, true, received)
                && ((IceControllingAttribute) request.getAttribute(Attribute.ICE_CONTROLLING)).getTieBreaker() == TIE_BREAKER
                && !request.containsAttribute(Attribute.ICE_CONTROLLED)
                && ((PriorityAttribute) request.getAttribute(Attribute.PRIORITY)).getPriority() == PRIORITY
                && request.containsAttribute(Attribute.USE_CANDIDATE);
    }

    @Override
    public Object build() {
        return check();
    }

    @Override
    public byte[] check() {
        try {
            Request request = MessageFactory.createBindingRequest();
            request.setTransactionID(TRANSACTION);
            request.putAttribute(AttributeFactory.createUsernameAttribute(USERNAME));
            request.putAttribute(AttributeFactory.createPriorityAttribute(PRIORITY));
            request.putAttribute(AttributeFactory.createIceControllingAttribute(TIE_BREAKER));
            request.putAttribute(AttributeFactory.createUseCandidateAttribute());
            MessageIntegrityAttribute signature = AttributeFactory.createMessageIntegrityAttribute(USERNAME);
            signature.setMedia("data");
            request.putAttribute(signature);
            request.putAttribute(AttributeFactory.createFingerprintAttribute());
            return request.encode(stack);
        } catch (StunException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void use(byte[] check) {
        datagram = check.clone();
        raw = RawMessage.build(datagram, datagram.length, NOWHERE, NOWHERE);
        integrity = (MessageIntegrityAttribute) decode().getAttribute(Attribute.MESSAGE_INTEGRITY);
    }

    @Override
    public byte[] getLocalKey(String username) {
        return username.equals(LOCAL_UFRAG) ? PASSWORD.getBytes(StandardCharsets.UTF_8) : null;
    }

    @Override
    public byte[] getRemoteKey(String username, String media) {
        return username.equals(USERNAME) ? PASSWORD.getBytes(StandardCharsets.UTF_8) : null;
    }

    @Override
    public boolean checkLocalUserName(String username) {
        return username.equals(LOCAL_UFRAG);
    }

    @Override
    public void close() {
        stack.shutDown();
    }
}
