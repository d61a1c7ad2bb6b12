package io.natconnector.portmap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The HTTP side of a UPnP gateway, in the XML that real ones speak. */
final class UpnpRouter {
    final List<String> actions = new ArrayList<>();
    final Map<Integer, String> mappings = new TreeMap<>();    // external port, internal client, port and lease
    String controlUrl = "/ctl/IPConn";
    String externalAddress = "198.51.100.1";
    boolean onlyPermanent;
    int refuses;                                              // an error code for AddPortMapping
    boolean dead;

    UpnpAnswer answer(UpnpCall call) {
        if (dead) {
            return new UpnpAnswer.Failed("connection refused");
        }
        if (call.body() == null) {
            return call.read(200, description().getBytes(UTF_8));
        }
        String action = call.soapAction().replaceAll(".*#|\"", "");
        int port = number(call.body(), "NewExternalPort");
        actions.add(action + (port < 0 ? "" : " " + port));
        return switch (action) {
            case "GetExternalIPAddress" ->
                    succeed(call, action, "<NewExternalIPAddress>" + externalAddress + "</NewExternalIPAddress>");
            case "AddPortMapping" -> add(call, action, port);
            case "DeletePortMapping" -> mappings.remove(port) == null ? refuse(call, 714) : succeed(call, action, "");
            case "GetSpecificPortMappingEntry" -> find(call, action, port);
            default -> refuse(call, 401);
        };
    }

    private UpnpAnswer add(UpnpCall call, String action, int port) {
        int lease = number(call.body(), "NewLeaseDuration");
        String client = text(call.body(), "NewInternalClient") + ":" + number(call.body(), "NewInternalPort");
        if (onlyPermanent && lease != 0) {
            return refuse(call, 725);
        }
        if (refuses != 0) {
            return refuse(call, refuses);
        }
        if (mappings.containsKey(port) && !mappings.get(port).startsWith(client + " ")) {
            return refuse(call, 718);
        }
        mappings.put(port, client + " " + lease);
        return succeed(call, action, "");
    }

    private UpnpAnswer find(UpnpCall call, String action, int port) {
        String mapping = mappings.get(port);
        if (mapping == null) {
            return refuse(call, 714);
        }
        String[] client = mapping.split("[: ]");
        return succeed(call, action, "<NewInternalPort>" + client[1] + "</NewInternalPort><NewInternalClient>" + client[0]
                + "</NewInternalClient><NewEnabled>1</NewEnabled>");
    }

    private String description() {
        return "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>"
                + "<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>"
                + "<serviceList><service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>"
                + "<controlURL>/ctl/L3F</controlURL></service></serviceList><deviceList><device><deviceList><device><serviceList>"
                + "<service>\n <serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>\n <controlURL>"
                + controlUrl + "</controlURL></service></serviceList></device></deviceList></device></deviceList></device></root>";
    }

    private static UpnpAnswer succeed(UpnpCall call, String action, String values) {
        return call.read(200, envelope("<u:" + action + "Response xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">"
                + values + "</u:" + action + "Response>"));
    }

    private static UpnpAnswer refuse(UpnpCall call, int code) {
        return call.read(500, envelope("<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
                + "<UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>" + code
                + "</errorCode><errorDescription>No</errorDescription></UPnPError></detail></s:Fault>"));
    }

    private static byte[] envelope(String body) {
        return ("<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" + body
                + "</s:Body></s:Envelope>").getBytes(UTF_8);
    }

    private static String text(String xml, String name) {
        Matcher matcher = Pattern.compile("<" + name + ">([^<]*)<").matcher(xml);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static int number(String xml, String name) {
        String text = text(xml, name);
        return text == null ? -1 : Integer.parseInt(text);
    }
}
