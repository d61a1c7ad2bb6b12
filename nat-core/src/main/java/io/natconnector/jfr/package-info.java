/**
 * Events for the JVM's flight recorder: {@code natconnector.Connect}, {@code .Gathering}, {@code .RelayAllocation},
 * {@code .PathChange}, {@code .ConnectionEnd}. Times are nanoseconds; what does not apply is {@code null}, or 0.
 */
package io.natconnector.jfr;
