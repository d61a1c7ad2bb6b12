package io.natconnector.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Our constants against IANA's registries. */
class IanaRegistryTest {
    /** Assigned, and knowingly not spoken. */
    private static final Set<String> NOT_SPOKEN = Set.of("ACCESS-TOKEN", "TRANSACTION_TRANSMIT_COUNTER", "CACHE-TIMEOUT",
            "ECN-CHECK STUN", "THIRD-PARTY-AUTHORIZATION", "CISCO-STUN-FLOWDATA", "ENF-FLOW-DESCRIPTION", "ENF-NETWORK-STATUS",
            "GOOG-NETWORK-INFO", "GOOG-LAST-ICE-CHECK-RECEIVED", "GOOG-MISC-INFO", "GOOG-OBSOLETE-1", "GOOG-CONNECTION-ID",
            "GOOG-DELTA", "GOOG-DELTA-ACK", "GOOG-MESSAGE-INTEGRITY-32");

    @Test
    void attributesHaveTheirAssignedNumbers() throws IOException {
        Map<Integer, String> assigned = registry("attribute");
        Map<Integer, String> withdrawn = registry("-attribute");
        for (StunAttribute<?> attribute : StunAttribute.all()) {
            if (attribute == StunAttribute.NOMINATION) {
                continue;                                      // taken without asking by libwebrtc, and so by everybody
            }
            assertThat(assigned.getOrDefault(attribute.type(), withdrawn.get(attribute.type())))
                    .as("0x%04x", attribute.type()).isEqualTo(attribute.name());
            assertThat(StunAttribute.of(attribute.type())).isSameAs(attribute);
        }
    }

    @Test
    void everyAssignedAttributeIsSpokenOrKnowinglyNot() throws IOException {
        Set<String> spoken = new TreeSet<>(NOT_SPOKEN);
        StunAttribute.all().forEach(attribute -> spoken.add(attribute.name()));
        assertThat(spoken).containsAll(registry("attribute").values());
        assertThat(StunAttribute.of(0x0002)).isNull();
        assertThat(StunAttribute.of(0x8021)).isNull();
        assertThat(StunAttribute.of(0x7FFF)).isNull();
        assertThat(StunAttribute.of(0xFFFF)).isNull();
    }

    @Test
    void methodsHaveTheirAssignedNumbers() throws IOException {
        Map<Integer, String> ours = new TreeMap<>();
        for (StunMethod method : StunMethod.values()) {
            ours.put(method.code(), method.name().replace("_", ""));
        }
        Map<Integer, String> assigned = registry("method");
        assigned.replaceAll((code, name) -> name.toUpperCase(Locale.ROOT));
        assertThat(ours).isEqualTo(assigned);
    }

    @Test
    void errorCodesHaveTheirAssignedNumbers() throws IOException, IllegalAccessException {
        Map<Integer, String> ours = new TreeMap<>();
        for (Field field : ErrorCode.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && Modifier.isPublic(field.getModifiers())) {
                ours.put(field.getInt(null), field.getName().replace('_', ' '));
            }
        }
        Map<Integer, String> assigned = registry("error");
        assigned.replaceAll((code, name) -> name.toUpperCase(Locale.ROOT));
        assigned.put(442, "UNSUPPORTED TRANSPORT");            // ours is shorter
        assertThat(ours).isEqualTo(assigned);
    }

    private static Map<Integer, String> registry(String name) throws IOException {
        Map<Integer, String> rows = new TreeMap<>();
        try (BufferedReader csv = new BufferedReader(new InputStreamReader(
                IanaRegistryTest.class.getResourceAsStream("iana-stun-parameters.csv"), StandardCharsets.UTF_8))) {
            for (String line; (line = csv.readLine()) != null;) {
                String[] cells = line.split(",");
                if (cells[0].equals(name)) {
                    assertThat(rows.put(Integer.decode(cells[1]), cells[2])).as(line).isNull();
                }
            }
        }
        assertThat(rows).isNotEmpty();
        return rows;
    }
}
