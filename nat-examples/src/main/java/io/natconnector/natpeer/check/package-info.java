/** {@code natpeer check}: what this network lets through. */
package io.natconnector.natpeer.check;
