package io.natconnector.portmap;

import java.net.URI;
import java.util.Map;

/**
 * An HTTP request that a {@link PortMapper} wants done, somewhere where it may block: a GET of the gateway's description, or a POST
 * of an action (UPnP Device Architecture 1.1, section 3.2.1). Immutable; {@link #read} is safe on any thread.
 */
public final class UpnpCall {
    /** What is read of an answer at most, in bytes; descriptions have some thousand. */
    public static final int LONGEST_ANSWER = 128 << 10;

    private final URI uri;
    private final String service;                             // null: the description
    private final String action;
    private final String body;

    private UpnpCall(URI uri, String service, String action, String body) {
        this.uri = uri;
        this.service = service;
        this.action = action;
        this.body = body;
    }

    static UpnpCall describe(URI location) {
        return new UpnpCall(location, null, null, null);
    }

    static UpnpCall act(URI control, String service, String action, Map<String, String> arguments) {
        StringBuilder body = new StringBuilder(512).append("<?xml version=\"1.0\"?>\r\n<s:Envelope"
                + " xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"
                + "<s:Body><u:").append(action).append(" xmlns:u=\"").append(escape(service)).append("\">");
        arguments.forEach((name, value) ->
                body.append('<').append(name).append('>').append(escape(value)).append("</").append(name).append('>'));
        body.append("</u:").append(action).append("></s:Body></s:Envelope>\r\n");
        return new UpnpCall(control, service, action, body.toString());
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** At the gateway itself, by its address: nothing to resolve, no other host to be led to. */
    public URI uri() {
        return uri;
    }

    /** The SOAPACTION header, or {@code null} for a GET. */
    public String soapAction() {
        return action == null ? null : "\"" + service + "#" + action + "\"";
    }

    /** The body of a POST, in UTF-8, or {@code null} for a GET. */
    public String body() {
        return body;
    }

    String action() {
        return action;
    }

    /** Makes sense of the answer. Never throws. */
    public UpnpAnswer read(int status, byte[] answer) {
        if (status != 200 && (action == null || status != 500)) {
            return new UpnpAnswer.Failed("HTTP status " + status);
        }
        return action == null ? UpnpXml.description(answer) : UpnpXml.outcome(answer, status == 200);
    }

    @Override
    public String toString() {
        return (action == null ? "GET" : action) + " " + uri;
    }
}
