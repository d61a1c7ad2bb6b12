package io.natconnector.portmap;

import java.util.List;
import java.util.Map;

/** What came of a {@link UpnpCall}. */
public sealed interface UpnpAnswer {
    /**
     * The gateway's description of itself.
     *
     * @param base what the services' addresses are relative to; empty for the description's own address
     */
    record Description(String base, List<Service> services) implements UpnpAnswer { }

    /** One of its services. */
    record Service(String type, String controlUrl) { }

    /** The outcome of an action, by name. */
    record Values(Map<String, String> values) implements UpnpAnswer { }

    /** The gateway understood the action and refused it. */
    record Refused(int code, String text) implements UpnpAnswer { }

    /** No answer, or not one that can be understood. */
    record Failed(String why) implements UpnpAnswer { }
}
