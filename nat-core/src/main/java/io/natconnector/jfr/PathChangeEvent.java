package io.natconnector.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The datagrams of a channel go another way. */
@Name("natconnector.PathChange")
@Label("Path Change")
@Category("NatConnector")
@StackTrace(false)
public final class PathChangeEvent extends Event {
    @Label("Peer")
    public String peer;
    @Label("From")
    @Description("Nothing if there was no path")
    public String from;
    @Label("To")
    @Description("Nothing while there is no path")
    public String to;
    @Label("Relayed")
    @Description("Whether the new one goes over a relay")
    public boolean relayed;
    @Label("Round Trip")
    @Timespan(Timespan.NANOSECONDS)
    public long roundTrip;
}
