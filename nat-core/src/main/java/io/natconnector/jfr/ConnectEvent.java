package io.natconnector.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** An attempt to connect with a peer has come to its end, either way. */
@Name("natconnector.Connect")
@Label("Connect")
@Category("NatConnector")
@StackTrace(false)
public final class ConnectEvent extends Event {
    @Label("Peer")
    public String peer;
    @Label("Outcome")
    @Description("connected, or the reason why not")
    public String outcome;
    @Label("Incoming")
    @Description("Whether the peer has begun it")
    public boolean incoming;
    @Label("Elapsed")
    @Timespan(Timespan.NANOSECONDS)
    public long elapsed;
    @Label("Local Address")
    public String local;
    @Label("Local Kind")
    @Description("host, reflexive or relayed")
    public String localKind;
    @Label("Remote Address")
    public String remote;
    @Label("Remote Kind")
    public String remoteKind;
    @Label("Relayed")
    public boolean relayed;
    @Label("Round Trip")
    @Timespan(Timespan.NANOSECONDS)
    public long roundTrip;
    @Label("Encrypted")
    public boolean encrypted;
    @Label("Local Candidates")
    public int localCandidates;
    @Label("Remote Candidates")
    public int remoteCandidates;
    @Label("Pairs")
    public int pairs;
    @Label("Directness")
    @Description("Whether there is a direct path, or one is looked for; else why there is none")
    public String directness;
}
