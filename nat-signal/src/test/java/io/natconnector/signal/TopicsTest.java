package io.natconnector.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicsTest {
    /** The examples of MQTT 5, sections 4.7.1 and 4.7.2, and some more of their kind. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            sport/tennis/player1/#,  sport/tennis/player1,                   true
            sport/tennis/player1/#,  sport/tennis/player1/ranking,           true
            sport/tennis/player1/#,  sport/tennis/player1/score/wimbledon,   true
            sport/#,                 sport,                                  true
            sport/#,                 sports,                                 false
            #,                       anything/at/all,                        true
            sport/tennis/+,          sport/tennis/player1,                   true
            sport/tennis/+,          sport/tennis/player1/ranking,           false
            sport/+,                 sport,                                  false
            sport/+,                 sport/,                                 true
            +/+,                     /finance,                               true
            /+,                      /finance,                               true
            +,                       /finance,                               false
            +/tennis/#,              sport/tennis/a/b,                       true
            #,                       $SYS/x,                                 false
            +/monitor/Clients,       $SYS/monitor/Clients,                   false
            $SYS/#,                  $SYS/x,                                 true
            $SYS/monitor/+,          $SYS/monitor/Clients,                   true
            a/b,                     a/b,                                    true
            a/b,                     A/b,                                    false
            a//b,                    a//b,                                   true
            a/+/b,                   a//b,                                   true
            """)
    void matchesAsTheStandardSays(String filter, String topic, boolean expected) {
        TopicTree<String, Boolean> tree = new TopicTree<>();
        tree.put(filter, "me", true);
        assertThat(matches(tree, topic)).isEqualTo(expected ? List.of("me") : List.of());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            a,        true,  true
            a/b,      true,  true
            /,        true,  true
            #,        false, true
            a/#,      false, true
            a/#/b,    false, false
            a#,       false, false
            +,        false, true
            +/a/+/#,  false, true
            a+,       false, false
            a/b+/c,   false, false
            ##,       false, false
            """)
    void tellsNamesFiltersAndNeither(String text, boolean name, boolean filter) {
        assertThat(Topics.isName(text)).isEqualTo(name);
        assertThat(Topics.isFilter(text)).isEqualTo(filter);
    }

    @Test
    void boundsTopics() {
        assertThat(Topics.isName("")).isFalse();
        assertThat(Topics.isName("a\0b")).isFalse();
        assertThat(Topics.isName("x".repeat(1024))).isTrue();
        assertThat(Topics.isName("x".repeat(1025))).isFalse();
        assertThat(Topics.isFilter("/".repeat(31))).isTrue();
        assertThat(Topics.isFilter("/".repeat(32))).isFalse();
    }

    @Test
    void forgetsWhatIsRemoved() {
        TopicTree<String, Integer> tree = new TopicTree<>();
        assertThat(tree.put("a/b/#", "me", 1)).isNull();
        assertThat(tree.put("a/b/#", "me", 2)).isEqualTo(1);
        tree.put("a/b", "you", 3);
        assertThat(tree.remove("a/b/#", "you")).isNull();
        assertThat(tree.remove("a/c", "me")).isNull();
        assertThat(tree.remove("a/b/#", "me")).isEqualTo(2);
        assertThat(matches(tree, "a/b")).containsExactly("you");
        tree.remove("a/b", "you");
        assertThat(tree.isEmpty()).isTrue();
    }

    @Test
    void findsTheSameAsLookingAtEachFilter() {
        Random random = Seeds.random(TopicsTest.class);
        List<String> filters = new ArrayList<>();
        TopicTree<Integer, Boolean> tree = new TopicTree<>();
        for (int i = 0; i < 300; i++) {
            String filter = randomTopic(random, new String[] {"a", "b", "", "$", "+"}, random.nextInt(4) == 0);
            filters.add(filter);
            tree.put(filter, i, true);
        }
        for (int round = 0; round < 2000; round++) {
            String topic = randomTopic(random, new String[] {"a", "b", "", "$"}, false);
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < filters.size(); i++) {
                if (topic.matches(pattern(filters.get(i)))) {
                    expected.add(i);
                }
            }
            assertThat(matches(tree, topic)).as(topic).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static String randomTopic(Random random, String[] levels, boolean multi) {
        StringBuilder topic = new StringBuilder(levels[random.nextInt(levels.length)]);
        for (int i = random.nextInt(4); i > 0; i--) {
            topic.append('/').append(levels[random.nextInt(levels.length)]);
        }
        return multi ? topic + "/#" : topic.toString();
    }

    private static String pattern(String filter) {
        String pattern = filter.replace("$", "\\$").replace("+", "[^/]*");
        pattern = pattern.endsWith("/#") ? pattern.substring(0, pattern.length() - 2) + "(/.*)?" : pattern;
        return filter.startsWith("+") ? "(?!\\$)" + pattern : pattern;
    }

    private static <S> List<S> matches(TopicTree<S, ?> tree, String topic) {
        List<S> found = new ArrayList<>();
        tree.match(topic, (subscriber, value) -> found.add(subscriber));
        return found;
    }
}
