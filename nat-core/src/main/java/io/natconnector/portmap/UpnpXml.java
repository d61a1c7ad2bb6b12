package io.natconnector.portmap;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the little of XML that UPnP answers consist of. Without document types: no entities, nothing fetched. */
final class UpnpXml {
    private static final int MOST_SERVICES = 64;
    private static final int MOST_VALUES = 64;
    private static final int LONGEST_VALUE = 1024;

    private UpnpXml() { }

    /** A device description (UPnP Device Architecture 1.1, section 2.3): the services of all devices, however deep. */
    static UpnpAnswer description(byte[] xml) {
        List<UpnpAnswer.Service> services = new ArrayList<>();
        String[] found = new String[3];                       // base, type, control address
        try {
            read(xml, (name, text) -> {
                switch (name) {
                    case "URLBase" -> found[0] = text;
                    case "serviceType" -> found[1] = text;
                    case "controlURL" -> found[2] = text;
                    case "/service" -> {
                        if (found[1] != null && found[2] != null && services.size() < MOST_SERVICES) {
                            services.add(new UpnpAnswer.Service(found[1], found[2]));
                        }
                        found[1] = null;
                        found[2] = null;
                    }
                    default -> { }
                }
            });
        } catch (XMLStreamException e) {
            return new UpnpAnswer.Failed("the description is not XML");
        }
        return new UpnpAnswer.Description(found[0] == null ? "" : found[0], List.copyOf(services));
    }

    /** The answer to an action (section 3.2.2), or its refusal (section 3.2.5). */
    static UpnpAnswer outcome(byte[] xml, boolean success) {
        Map<String, String> values = new HashMap<>();
        try {
            read(xml, (name, text) -> {
                if (text != null && values.size() < MOST_VALUES) {
                    values.putIfAbsent(name, text);
                }
            });
        } catch (XMLStreamException e) {
            return new UpnpAnswer.Failed("the answer is not XML");
        }
        String code = values.get("errorCode");
        if (code != null && code.matches("[0-9]{1,5}")) {
            return new UpnpAnswer.Refused(Integer.parseInt(code), values.getOrDefault("errorDescription", ""));
        }
        return success ? new UpnpAnswer.Values(Map.copyOf(values)) : new UpnpAnswer.Failed("HTTP status 500");
    }

    /** Hands on each element that has text, and the end of each other one, with a slash and without text. */
    private static void read(byte[] xml, BiConsumer<String, String> element) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
        try {
            StringBuilder text = new StringBuilder();
            boolean leaf = false;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    text.setLength(0);
                    leaf = true;
                } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
                    if (text.length() < LONGEST_VALUE) {
                        text.append(reader.getText());
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    element.accept(leaf ? reader.getLocalName() : "/" + reader.getLocalName(),
                            leaf ? text.toString().strip() : null);
                    leaf = false;
                }
            }
        } catch (RuntimeException e) {
            throw new XMLStreamException(e);                  // the JDK's parser has thrown others on damaged input
        } finally {
            reader.close();
        }
    }
}
