package io.natconnector.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What came of asking a relay for an address. */
@Name("natconnector.RelayAllocation")
@Label("Relay Allocation")
@Category("NatConnector")
@StackTrace(false)
public final class RelayAllocationEvent extends Event {
    @Label("Server")
    public String server;
    @Label("Local Address")
    public String local;
    @Label("Relayed Address")
    @Description("Nothing if there is none")
    public String relayed;
    @Label("Outcome")
    @Description("The address, or why there is none")
    public String outcome;
    @Label("Round Trip")
    @Timespan(Timespan.NANOSECONDS)
    public long roundTrip;
}
