package io.natconnector.relay;

final class AllocateRequest {
    static final int UDP = 17;

    private AllocateRequest() { }
}
