/**
 * Words in which NATs and the ways through them are spoken of, by the machines and by what the application sees: no behaviour.
 */
package io.natconnector.nat;
