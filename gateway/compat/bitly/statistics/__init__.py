"""Link metrics and account metrics in Bitly's words."""
