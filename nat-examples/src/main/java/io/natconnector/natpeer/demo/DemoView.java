package io.natconnector.natpeer.demo;

import com.google.gson.JsonObject;

/** Shows the demo as it goes. One thread at a time. */
interface DemoView {
    void serverReady(JsonObject event);

    void roundBegins(DemoRound.Kind kind);

    /** Both peers are there; alice asks for bob now. */
    void asks(DemoRound.Kind kind);

    /** What a peer has told, in a line of its own. */
    void event(DemoRound.Kind kind, String peer, JsonObject event);

    /** @param alice her events by their names; the last one of each */
    void roundEnds(DemoRound.Kind kind, DemoRound.Story alice, DemoRound.Story bob, boolean passed);

    void ends(boolean passed);
}
