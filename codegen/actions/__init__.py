"""The Actions projection: a contract as ChatGPT accepts it, and the table that maps calls back."""
