package io.natconnector.natpeer.lab;

import java.util.Locale;

/** What becomes of two peers, once it has settled. */
enum Outcome {
    DIRECT, RELAYED, NONE;

    static Outcome named(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
