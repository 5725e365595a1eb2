"""What a building's drill keeps to, and what planning it takes."""
