package io.natconnector.signal;

import io.natconnector.Signaling;

class InProcessSignalingTest extends SignalingContract {
    private final InProcessExchange exchange = new InProcessExchange();

    @Override
    Signaling signaling() {
        return exchange.signaling();
    }
}
