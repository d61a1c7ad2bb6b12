/**
 * {@code natpeer}, the command line peer. Standard output carries data only; what is for people goes to standard error.
 *
 * <p>Exit codes are in {@link io.natconnector.natpeer.cli.ExitCode}.
 */
package io.natconnector.natpeer;
