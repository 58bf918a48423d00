/**
 * Recipes: everything that decides what picture comes out, but the pictures and the network. A
 * recipe is a {@link dev.nst.recipe.Recipe} made of small records and closed sets of choices; it
 * has a name or lies in a JSON file.
 */
package dev.nst.recipe;
