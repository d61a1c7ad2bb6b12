/** What all commands share: options and what they take, JSON lines, tables, exit codes. */
package io.natconnector.natpeer.cli;
