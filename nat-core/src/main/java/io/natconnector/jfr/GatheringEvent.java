package io.natconnector.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** All servers have answered, or will not. */
@Name("natconnector.Gathering")
@Label("Gathering")
@Category("NatConnector")
@StackTrace(false)
public final class GatheringEvent extends Event {
    @Label("Sockets")
    public int sockets;
    @Label("Reflexive Addresses")
    public int reflexive;
    @Label("Relayed Addresses")
    public int relayed;
    @Label("Servers")
    @Description("Questions to servers, one for each socket that could ask")
    public int servers;
    @Label("Answers")
    public int answers;
    @Label("NAT Mapping")
    @Description("none, same_for_all, depends_on_destination or unknown")
    public String mapping;
}
