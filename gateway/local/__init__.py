"""Operations that the gateway answers itself."""
