"""The quarterly sheet on which MARA, human rights and MRM set their figures side by side and sign."""
