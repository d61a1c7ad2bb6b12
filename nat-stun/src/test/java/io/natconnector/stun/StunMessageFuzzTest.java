package io.natconnector.stun;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;

/**
 * A target for Jazzer. An ordinary build runs every file of {@code StunMessageFuzzTestInputs} once;
 * {@code JAZZER_FUZZ=1 mvn -pl nat-stun test -Dtest=StunMessageFuzzTest -Dtest.jvm=-Djazzer.hooks=true} looks for new ones.
 */
class StunMessageFuzzTest {
    @FuzzTest(maxDuration = "600s")
    void parses(byte[] datagram) {
        try {
            StunFuzzTest.readAll(StunMessage.parse(Unpooled.wrappedBuffer(datagram)));
        } catch (StunException e) {
            return;                                            // the one way to say no
        }
    }
}
