package io.natconnector.signal;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;

/** What is wrong with the broker and what to do about it, for people. */
record MqttAdvice(MqttAddress address) {
    private static final int MAX_REASON = 200;
    private static final String TRYING = "; still trying";

    String lost(String why) {
        return "no connection to the MQTT broker " + address + ": " + readable(why) + TRYING;
    }

    String hungUp(String why) {
        return "the MQTT broker " + address + " accepts connections but does not answer to MQTT: " + readable(why)
                + ". Is it an MQTT port, " + (address.tls() ? "with TLS?" : "without TLS (else use mqtts://)?") + TRYING;
    }

    String refused(MqttConnectReturnCode code, MqttProperties properties) {
        String why = switch (code) {
            case CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD, CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD,
                    CONNECTION_REFUSED_NOT_AUTHORIZED, CONNECTION_REFUSED_NOT_AUTHORIZED_5,
                    CONNECTION_REFUSED_BAD_AUTHENTICATION_METHOD ->
                address.user().isEmpty() ? "it wants credentials: give user and password"
                        : "it does not accept the credentials of user " + address.user() + ": check user name and password";
            case CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION, CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION ->
                "it does not speak this version of MQTT: leave the version open, or set the other one";
            case CONNECTION_REFUSED_SERVER_UNAVAILABLE, CONNECTION_REFUSED_SERVER_UNAVAILABLE_5, CONNECTION_REFUSED_SERVER_BUSY,
                    CONNECTION_REFUSED_QUOTA_EXCEEDED, CONNECTION_REFUSED_CONNECTION_RATE_EXCEEDED ->
                "it is too busy or has no room for us";
            case CONNECTION_REFUSED_BANNED -> "it has banned us";
            case CONNECTION_REFUSED_USE_ANOTHER_SERVER, CONNECTION_REFUSED_SERVER_MOVED -> "it wants us to use another server";
            default -> code.toString();
        };
        return "the MQTT broker " + address + " refuses the connection: " + why + reason(properties) + TRYING;
    }

    static boolean isVersion(MqttConnectReturnCode code) {
        return code == MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION
                || code == MqttConnectReturnCode.CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION;
    }

    String subscriptionRefused(int code) {
        return "the MQTT broker " + address + " does not let us listen: " + hex(code)
                + "; allow this user to read and write the topics below the prefix" + TRYING;
    }

    String publishRefused(int code) {
        return "the MQTT broker " + address + " refuses the message: " + hex(code)
                + "; allow this user to read and write the topics below the prefix";
    }

    String disconnected(MqttReasonCodeAndPropertiesVariableHeader header) {
        return lost("it ended the connection, " + hex(header.reasonCode() & 0xFF) + reason(header.properties()));
    }

    private static String reason(MqttProperties properties) {
        return properties.getProperty(MqttProperties.REASON_STRING) instanceof MqttProperties.StringProperty reason
                ? " (it says: " + readable(reason.value()) + ")" : "";
    }

    private static String hex(int code) {
        return String.format("reason code 0x%02X", code);
    }

    /** Text from the network must not forge lines of a log, nor flood it. */
    private static String readable(String text) {
        String shown = text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "...";
        return shown.replaceAll("\\p{Cntrl}", " ");
    }
}
