/**
 * What is measured of NatConnector, with ice4j and plain sockets beside it in the same run.
 * {@link io.natconnector.bench.Benchmarks} is the way in; docs/benchmarks.md has the figures and what they mean.
 */
package io.natconnector.bench;
