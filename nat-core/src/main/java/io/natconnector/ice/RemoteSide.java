package io.natconnector.ice;

import java.util.Objects;

/**
 * What an agent must know of the other side.
 *
 * @param parameters its credentials
 * @param lite whether it is a lite agent, which answers checks and sends none; we control then (RFC 8445, section 6.1.1)
 * @param renominates whether it understands nomination counters
 * @param ours whether it is one of ours, which takes an idle path's silence for what it is
 */
public record RemoteSide(IceParameters parameters, boolean lite, boolean renominates, boolean ours) {
    public RemoteSide {
        Objects.requireNonNull(parameters, "parameters");
    }
}
