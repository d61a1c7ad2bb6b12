/** {@code natpeer} behind kernel NATs, and the same on the virtual internet: the two must agree. */
package io.natconnector.natpeer.lab;
