package io.natconnector.testkit;

import java.time.Duration;

/**
 * The link of a host or a NAT to the network above it: its uplink. What is set here is set for both ways; {@link #outbound} and
 * {@link #inbound} set one way alone. A new link has no delay, loses nothing, and takes packets of up to 1500 bytes.
 */
public final class Link {
    private final LinkWay outbound;
    private final LinkWay inbound;

    Link(VirtualInternet net, Node owner, String name) {
        this.outbound = new LinkWay(net, owner, name + " out");
        this.inbound = new LinkWay(net, owner, name + " in");
    }

    /** The way from its owner to the network above. */
    public LinkWay outbound() {
        return outbound;
    }

    /** The way from the network above to its owner. */
    public LinkWay inbound() {
        return inbound;
    }

    /** See {@link LinkWay#delay}. */
    public Link delay(Duration delay) {
        outbound.delay(delay);
        inbound.delay(delay);
        return this;
    }

    /** See {@link LinkWay#jitter}. */
    public Link jitter(Duration jitter) {
        outbound.jitter(jitter);
        inbound.jitter(jitter);
        return this;
    }

    /** See {@link LinkWay#loss}. */
    public Link loss(double probability) {
        outbound.loss(probability);
        inbound.loss(probability);
        return this;
    }

    /** See {@link LinkWay#duplication}. */
    public Link duplication(double probability) {
        outbound.duplication(probability);
        inbound.duplication(probability);
        return this;
    }

    /** See {@link LinkWay#reordering}. */
    public Link reordering(double probability) {
        outbound.reordering(probability);
        inbound.reordering(probability);
        return this;
    }

    /** See {@link LinkWay#mtu}. */
    public Link mtu(int bytes) {
        outbound.mtu(bytes);
        inbound.mtu(bytes);
        return this;
    }

    /** See {@link LinkWay#rate}. */
    public Link rate(long bitsPerSecond) {
        outbound.rate(bitsPerSecond);
        inbound.rate(bitsPerSecond);
        return this;
    }

    /** See {@link LinkWay#queue}. */
    public Link queue(Duration longest) {
        outbound.queue(longest);
        inbound.queue(longest);
        return this;
    }

    /** Takes the link down: packets vanish silently, those under way still arrive. */
    public Link cut() {
        outbound.cut();
        inbound.cut();
        return this;
    }

    /** Takes the link up again. */
    public Link restore() {
        outbound.restore();
        inbound.restore();
        return this;
    }

    boolean isCut() {
        return outbound.isCut() || inbound.isCut();
    }
}
