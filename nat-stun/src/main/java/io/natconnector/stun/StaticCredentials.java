package io.natconnector.stun;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A fixed set of users with their passwords. Thread-safe. */
public final class StaticCredentials implements CredentialStore {
    private record KeyName(String username, String realm, PasswordAlgorithm algorithm) { }

    private final Map<String, String> passwords = new HashMap<>();
    // Bounded: only names that exist, in realms that servers of ours have
    private final Map<KeyName, byte[]> keys = new ConcurrentHashMap<>();
    private final Map<String, Map<ByteBuffer, String>> hashes = new ConcurrentHashMap<>();

    /**
     * @param passwords by user name
     * @throws IllegalArgumentException for an empty name or password, or one that manuals print
     */
    public StaticCredentials(Map<String, String> passwords) {
        passwords.forEach((username, password) -> {
            if (username.isBlank() || RestCredentials.isNone(password)) {
                throw new IllegalArgumentException("a user needs a name and a password of his own; see user '" + username + "'");
            }
            this.passwords.put(OpaqueString.prepare(username), password);
        });
    }

    @Override
    public List<byte[]> keys(String username, String realm, PasswordAlgorithm algorithm, long epochSeconds) {
        String password = passwords.get(username);
        return password == null ? List.of() : List.of(keys.computeIfAbsent(new KeyName(username, realm, algorithm),
                name -> IntegrityKey.longTermKey(username, realm, password, algorithm)));
    }

    @Override
    public String username(byte[] userhash, String realm) {
        return hashes.computeIfAbsent(realm, this::hash).get(ByteBuffer.wrap(userhash));
    }

    private Map<ByteBuffer, String> hash(String realm) {
        Map<ByteBuffer, String> usernames = new HashMap<>();
        passwords.keySet().forEach(username -> usernames.put(ByteBuffer.wrap(IntegrityKey.userhash(username, realm)), username));
        return usernames;
    }

    @Override
    public boolean knowsUserhashes() {
        return true;
    }
}
