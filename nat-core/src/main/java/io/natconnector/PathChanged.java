package io.natconnector;

/**
 * Fired through the pipeline of a {@link PeerChannel} as a user event when datagrams go another way from now on. Nothing needs to
 * be done about it: addresses of the channel stay as they are.
 *
 * @param from the way until now; {@code null} when there was none for a while
 * @param to the new one; {@code null} when no path works at present, and one is looked for
 */
public record PathChanged(Path from, Path to) { }
