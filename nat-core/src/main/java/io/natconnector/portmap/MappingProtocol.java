package io.natconnector.portmap;

/** By what a gateway is asked, best first. */
public enum MappingProtocol {
    /** Port Control Protocol (RFC 6887). */
    PCP("PCP"),
    /** NAT Port Mapping Protocol (RFC 6886), PCP's predecessor. */
    NAT_PMP("NAT-PMP"),
    /** UPnP Internet Gateway Device: SSDP, XML and SOAP over HTTP. */
    UPNP("UPnP");

    private final String text;

    MappingProtocol(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
