package io.natconnector.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A channel that was connected is over. */
@Name("natconnector.ConnectionEnd")
@Label("Connection End")
@Category("NatConnector")
@StackTrace(false)
public final class ConnectionEndEvent extends Event {
    @Label("Peer")
    public String peer;
    @Label("Reason")
    public String reason;
    @Label("Elapsed")
    @Timespan(Timespan.NANOSECONDS)
    public long elapsed;
    @Label("Datagrams Sent")
    public long sent;
    @Label("Datagrams Received")
    public long received;
    @Label("Datagrams Dropped")
    public long dropped;
}
