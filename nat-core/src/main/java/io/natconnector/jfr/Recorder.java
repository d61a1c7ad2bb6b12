package io.natconnector.jfr;

import jdk.jfr.FlightRecorder;

/** Whether the JVM's flight recorder runs, asked for next to nothing: none of its events is loaded before it does. */
public final class Recorder {
    // Images of the JDK may lack it
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Recorder() { }

    /** Once on, it stays on; events that no recording wants cost nothing then. */
    public static boolean isOn() {
        return PRESENT && FlightRecorder.isInitialized();
    }
}
