package io.natconnector.signal;

/** The grammar of topic names and filters (MQTT 5, section 4.7). Any thread. */
final class Topics {
    /** Bounds what a tree of them costs. Ours have 3 levels; those of others seldom more than 10. */
    static final int MAX_LEVELS = 32;
    static final int MAX_LENGTH = 1024;

    private Topics() {
    }

    /** Whether messages may be published under this name. */
    static boolean isName(String topic) {
        return isBounded(topic) && topic.indexOf('+') < 0 && topic.indexOf('#') < 0;
    }

    /** Whether this may be subscribed to: {@code +} and {@code #} stand alone in their level, {@code #} in the last. */
    static boolean isFilter(String filter) {
        if (!isBounded(filter)) {
            return false;
        }
        String[] levels = levels(filter);
        for (int i = 0; i < levels.length; i++) {
            boolean wild = levels[i].indexOf('+') >= 0 || levels[i].indexOf('#') >= 0;
            if (wild && (levels[i].length() > 1 || levels[i].equals("#") && i < levels.length - 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBounded(String topic) {
        return !topic.isEmpty() && topic.length() <= MAX_LENGTH && topic.indexOf('\0') < 0
                && topic.chars().filter(c -> c == '/').count() < MAX_LEVELS;
    }

    static String[] levels(String topic) {
        return topic.split("/", -1);
    }
}
