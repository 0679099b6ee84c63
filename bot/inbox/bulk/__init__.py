"""The bar under the list: what is done with all selected conversations at once."""
