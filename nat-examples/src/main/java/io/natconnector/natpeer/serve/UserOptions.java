package io.natconnector.natpeer.serve;

import io.natconnector.NatServerBuilder;
import io.natconnector.natpeer.cli.WholeNumber;
import io.natconnector.stun.RestCredentials;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Who may use the relay, and how much of it. */
final class UserOptions {
    @Option(names = "--user", paramLabel = "NAME:PASSWORD", converter = NamePassword.Converter.class,
            description = "Who may use the relay. Repeatable. Others on this machine see what is on a command line; what is in the "
                + "environment or in a file they don't.")
    private List<NamePassword> users = new ArrayList<>();

    @Option(names = "--rest-secret", paramLabel = "TEXT", converter = Secret.Converter.class,
            description = "Who shows a user name EXPIRY:NAME, and the password made of it with this secret, may "
                + "use the relay until then. Twice while one secret replaces another.")
    private List<Secret> restSecrets = new ArrayList<>();

    @Option(names = "--realm", paramLabel = "TEXT", defaultValue = "natconnector",
            description = "What the relay's users belong to (default: ${DEFAULT-VALUE}).")
    private String realm;

    @Option(names = "--user-quota", paramLabel = "N", converter = WholeNumber.Count.class, defaultValue = "40",
            description = "Allocations that one user may have at a time (default: ${DEFAULT-VALUE}).")
    private int userQuota;

    @Option(names = "--network-quota", paramLabel = "N", converter = WholeNumber.Count.class, defaultValue = "50",
            description = "Allocations from one IPv4 address, or one IPv6 network of /64 (default: ${DEFAULT-VALUE}).")
    private int networkQuota;

    @Option(names = "--max-allocations", paramLabel = "N", converter = WholeNumber.Count.class, defaultValue = "10000",
            description = "Allocations in all (default: ${DEFAULT-VALUE}).")
    private int maxAllocations;

    @Option(names = "--max-bps", paramLabel = "BYTES", converter = WholeNumber.Bytes.class, defaultValue = "0",
            description = "Bytes a second that one allocation may relay, both ways together; what is beyond is dropped. 0 for no "
                + "limit (default: ${DEFAULT-VALUE}).")
    private int maxBytesPerSecond;

    /** @throws IllegalArgumentException if options don't fit; the message names them */
    void addTo(NatServerBuilder builder) {
        builder.realm(realm).quotas(userQuota, networkQuota, maxAllocations).bytesPerSecond(maxBytesPerSecond);
        for (NamePassword user : users) {
            if (users.stream().filter(other -> other.name().equals(user.name())).count() > 1) {
                throw new IllegalArgumentException("--user takes each name once; " + user.name() + " is there again");
            }
            builder.user(user.name(), user.password());
        }
        if (restSecrets.size() > 2) {
            throw new IllegalArgumentException("--rest-secret takes one secret, or two while one replaces the other");
        }
        restSecrets.forEach(secret -> builder.restSecret(secret.text()));
    }

    /** Somebody who may use the relay, or {@code null}. */
    NamePassword any(long epochSeconds) {
        if (!users.isEmpty()) {
            return users.get(0);
        }
        if (restSecrets.isEmpty()) {
            return null;
        }
        String name = RestCredentials.username("peer", epochSeconds + RestCredentials.DEFAULT_MAX_TTL.toSeconds() / 2);
        return new NamePassword(name, RestCredentials.password(restSecrets.get(0).text(), name));
    }
}
